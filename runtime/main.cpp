#include <iostream>

#include "runtime/bootstrap.hpp"

int main(int argc, char** argv) {
    return viz::runtime::run_program({argv + 1, argv + argc}, viz::runtime::process_environment(),
                                     std::cout, std::cerr);
}
