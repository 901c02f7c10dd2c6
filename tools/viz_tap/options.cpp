#include "tools/viz_tap/options.hpp"

#include <map>
#include <sstream>

#include <boost/program_options.hpp>

#include "components/eth/hex.hpp"

namespace viz::tap {

namespace po = boost::program_options;

namespace {

const std::map<std::string, Command>& commands() {
    static const std::map<std::string, Command> table{
        {"list", Command::list},     {"follow", Command::follow}, {"rate", Command::rate},
        {"record", Command::record}, {"play", Command::play},     {"keygen", Command::keygen}};
    return table;
}

po::options_description described() {
    const auto text = [] { return po::value<std::string>(); };
    const auto list = [] { return po::value<std::vector<std::string>>(); };
    po::options_description all("Options");
    auto add = all.add_options();
    add("endpoint", text(),
        "the service's tap-endpoint (play: play-endpoint), ipc://PATH; default: "
        "VIZ_API_TAP_ENDPOINT (VIZ_API_PLAY_ENDPOINT), else ipc:///run/viz-api/tap.sock "
        "(play.sock)");
    add("stream", list(), "follow, rate, record: only this stream; may be repeated");
    add("kind", list(),
        "follow, record: only this kind (decoded, head, TxSeen …); may be repeated");
    add("chain", po::value<std::uint64_t>(), "follow, record: only this chain id");
    add("hash", text(), "follow, record: only messages about this transaction or block");
    add("sender", text(), "follow, record: only messages about this account");
    add("json", "list, follow, rate: JSON, one object per line");
    add("count", po::value<std::uint64_t>(),
        "follow, record: end after this many messages; rate: after this many tables");
    add("seconds", po::value<double>(), "follow, rate, record: end after this many seconds");
    add("every", po::value<double>(), "rate: seconds that each table covers (default: 2)");
    add("speed", po::value<double>(),
        "play: factor of the recorded speed (default: 1); 0: as fast as possible, so that blocks "
        "may "
        "overtake transactions that still wait to be decoded");
    add("force", "record, keygen: replace FILE if it exists");
    add("help,h", "print this text and exit");
    add("version,V", "print the version and exit");
    return all;
}

po::variables_map parsed(const std::vector<std::string>& arguments) {
    auto all = described();
    all.add_options()("command", po::value<std::string>())("file", po::value<std::string>());
    po::positional_options_description places;
    places.add("command", 1).add("file", 1);
    po::variables_map given;
    try {
        namespace style = po::command_line_style;
        po::store(po::command_line_parser(arguments)
                      .options(all)
                      .positional(places)
                      .style(style::unix_style & ~style::allow_guessing)
                      .run(),
                  given);
    } catch (const po::error& error) {
        throw UsageError(error.what());
    }
    return given;
}

template <class T> std::optional<T> get(const po::variables_map& given, const char* name) {
    if (given.count(name) == 0) return std::nullopt;
    return given[name].as<T>();
}

double positive(const po::variables_map& given, const char* name, double otherwise, double low) {
    const auto value = get<double>(given, name).value_or(otherwise);
    if (!(value >= low) || value > 1e6)
        throw UsageError(std::string("--") + name + ": expected a number of " +
                         (low > 0 ? "0.1" : "0") + " to 1000000");
    return value;
}

Filter filter_of(const po::variables_map& given) {
    Filter filter{
        .streams =
            get<std::vector<std::string>>(given, "stream").value_or(std::vector<std::string>{}),
        .kinds = get<std::vector<std::string>>(given, "kind").value_or(std::vector<std::string>{}),
        .chain = get<std::uint64_t>(given, "chain")};
    for (const auto& stream : filter.streams)
        if (!bus::stream_from_string(stream)) {
            std::string known;
            for (const auto& spec : bus::kTopology) known += " " + std::string(spec.name);
            throw UsageError("--stream: no stream \"" + stream + "\"; there are" + known);
        }
    if (const auto hash = get<std::string>(given, "hash")) {
        filter.hash = eth::hash_from_hex(*hash);
        if (!filter.hash) throw UsageError("--hash: expected 0x and 64 hex digits");
    }
    if (const auto sender = get<std::string>(given, "sender")) {
        filter.sender = eth::address_from_hex(*sender);
        if (!filter.sender) throw UsageError("--sender: expected 0x and 40 hex digits");
    }
    return filter;
}

bus::Endpoint endpoint_of(const std::string& text) {
    std::string why;
    const auto endpoint = bus::parse_endpoint(text, why);
    if (!endpoint || !text.starts_with("ipc://"))
        throw UsageError("--endpoint: expected ipc://path, got \"" + text + "\"");
    return *endpoint;
}

} // namespace

Options parse_options(const std::vector<std::string>& arguments, const std::string& default_tap,
                      const std::string& default_play) {
    const auto given = parsed(arguments);
    Options options;
    if (given.count("version") != 0) options.command = Command::version;
    if (given.count("help") != 0 || given.count("version") != 0) return options;
    const auto name = get<std::string>(given, "command");
    if (!name) throw UsageError("no command given");
    const auto command = commands().find(*name);
    if (command == commands().end()) throw UsageError("no command \"" + *name + "\"");
    options.command = command->second;
    options.file = get<std::string>(given, "file").value_or("");
    const bool needs_file = options.command == Command::record ||
                            options.command == Command::play || options.command == Command::keygen;
    if (needs_file && options.file.empty()) throw UsageError(*name + ": expected a FILE");
    if (!needs_file && !options.file.empty())
        throw UsageError(*name + ": unexpected argument \"" + options.file + "\"");
    options.endpoint =
        endpoint_of(get<std::string>(given, "endpoint")
                        .value_or(options.command == Command::play ? default_play : default_tap));
    options.filter = filter_of(given);
    options.json = given.count("json") != 0;
    options.count = get<std::uint64_t>(given, "count");
    if (given.count("seconds") != 0) options.seconds = positive(given, "seconds", 1, 0.1);
    options.every_s = positive(given, "every", 2, 0.1);
    options.speed = positive(given, "speed", 1, 0);
    options.force = given.count("force") != 0;
    return options;
}

std::string help_text() {
    std::ostringstream out;
    out << "Usage: viz-tap COMMAND [OPTION]...\n"
           "Watches the streams of a running viz-api without disturbing it.\n\n"
           "Commands:\n"
           "  list                  list the streams: messages, rates, drops, queues\n"
           "  follow                print messages as they pass\n"
           "  rate                  print messages and bytes per second, the latency of each "
           "hop\n"
           "                        and end to end\n"
           "  record FILE           record what the nodes send (pending, chain and the journal of\n"
           "                        ingest; other streams by --stream), to be played later\n"
           "  play FILE             play a recording into a service that has play-endpoint set, "
           "beside\n"
           "                        its ingest or instead of it (viz-api --components decode,…)\n"
           "  keygen FILE           make a key for tcp endpoints, mode 0600; all processes of a\n"
           "                        service have the same file (curve-key-path)\n\n"
        << described()
        << "\nExit status: 0 success, 1 failure, 2 invalid command line. SIGINT and SIGTERM end it "
           "in order.\n";
    return out.str();
}

} // namespace viz::tap
