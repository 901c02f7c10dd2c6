#include <iostream>

#include "tools/viz_replay/commands.hpp"

int main(int argc, char** argv) {
    return viz::replay::run({argv + 1, argv + argc}, std::cout, std::cerr);
}
