// SPDX-License-Identifier: GPL-3.0-or-later
// Measures the nineteen benchmark mappings: parse (text to program), eval (on a parsed event), full
// (event bytes to result bytes), in microseconds; 10th percentile over batches of about 2 ms. The
// reference runs in the same run when Node is there and tests/peers (or TIDEWIRE_JSONATA_DIR) has
// node_modules/jsonata.
//   bench_mapping [milliseconds per figure] [case] [--strict]
// With --strict the exit code is 1 when a target is missed: for a quiet machine.
#include "core/data/Json.h"
#include "core/expr/Expression.h"
#include "tests/bench/MappingCase.h"
#include "tests/bench/MappingTargets.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <vector>

using namespace tw;
using Stopwatch = std::chrono::steady_clock;

namespace {

using bench::Figures;

std::string readFile(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

double seconds(Stopwatch::time_point since)
{
    return std::chrono::duration<double>(Stopwatch::now() - since).count();
}

double measure(const std::function<void()> &work, double duration)
{
    const auto warm = Stopwatch::now();
    while (seconds(warm) < duration / 4)
        work();
    std::size_t batch = 1;
    for (;; batch *= 2) {
        const auto start = Stopwatch::now();
        for (std::size_t i = 0; i < batch; ++i)
            work();
        if (seconds(start) > 0.002 || batch > 1'000'000)
            break;
    }
    std::vector<double> figures;
    const auto begin = Stopwatch::now();
    while (seconds(begin) < duration || figures.size() < 15) {
        const auto start = Stopwatch::now();
        for (std::size_t i = 0; i < batch; ++i)
            work();
        figures.push_back(seconds(start) * 1e6 / static_cast<double>(batch));
    }
    std::sort(figures.begin(), figures.end());
    return figures[figures.size() / 10];
}

Figures measureCase(const std::string &text, const std::string &event, double duration)
{
    Figures figures;
    auto compiled = Expression::compile(text);
    auto parsed = parseJson(event);
    if (!compiled || !parsed)
        return figures;
    figures.parse = measure([&] { (void)Expression::compile(text); }, duration / 2);
    Arena arena;
    const Environment environment;
    figures.eval = measure(
        [&] {
            arena.reset();
            (void)compiled->evaluate(arena, parsed->root(), environment);
        },
        duration);
    std::string out;
    Arena message;
    figures.full = measure(
        [&] {
            message.reset();
            out.clear();
            const auto root = parseJsonInto(message, event);
            const auto result = compiled->evaluate(message, *root, environment);
            appendJson(out, *result);
        },
        duration);
    return figures;
}

std::map<std::string, Figures> reference(const std::string &folder, int ms, const std::string &only)
{
    std::map<std::string, Figures> figures;
    const char *chosen = std::getenv("TIDEWIRE_JSONATA_DIR");
    const std::string modules = chosen ? chosen : TIDEWIRE_SOURCE_DIR "/tests/peers";
    if (!std::filesystem::exists(modules + "/node_modules/jsonata"))
        return figures;
    const std::string script = std::filesystem::absolute(folder + "/reference.mjs").string();
    const std::string command = "cd '" + modules + "' && node '" + script + "' --ms " +
                                std::to_string(ms) +
                                (only.empty() ? "" : " --only '" + only + "'") + " 2>/dev/null";
    FILE *pipe = popen(command.c_str(), "r");
    if (!pipe)
        return figures;
    char line[4096];
    while (std::fgets(line, sizeof line, pipe)) {
        const auto row = parseJson(line);
        if (!row)
            continue;
        const Value &root = row->root();
        figures[std::string(root.get("id").text())] = {root.get("parse_us").toDouble(),
                                                       root.get("eval_us").toDouble(),
                                                       root.get("full_us").toDouble()};
    }
    pclose(pipe);
    return figures;
}

struct Options
{
    int ms = 400;
    std::string only;
    bool strict = false;
};

Options readOptions(int argc, char **argv)
{
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--strict")
            options.strict = true;
        else if (const int ms = std::atoi(argument.c_str()); ms > 0)
            options.ms = ms;
        else
            options.only = argument;
    }
    return options;
}

std::vector<bench::MeasuredCase> measureAll(const Value &cases, const std::string &folder,
                                            const Options &options)
{
    const auto other = reference(folder, options.ms, options.only);
    bench::printHeader();
    std::vector<bench::MeasuredCase> all;
    for (const Value &test : cases.items()) {
        bench::MeasuredCase measured;
        measured.id = test.get("id").text();
        if (!options.only.empty() && measured.id != options.only)
            continue;
        const std::string event =
            readFile(folder + "/data/" + std::string(test.get("data").text()) + ".json");
        measured.ours =
            measureCase(std::string(test.get("expr").text()), event, options.ms / 1000.0);
        if (const auto known = other.find(measured.id); known != other.end())
            measured.reference = known->second;
        bench::printCase(measured);
        all.push_back(std::move(measured));
    }
    return all;
}

} // namespace

int main(int argc, char **argv)
{
    const char *shared = std::getenv("TIDEWIRE_SHARED");
    const std::string folder =
        std::string(shared ? shared : TIDEWIRE_SOURCE_DIR "/../shared") + "/bench/mapping";
    const Options options = readOptions(argc, argv);
    const auto cases = parseJson(readFile(folder + "/cases.json"));
    if (!cases) {
        std::fprintf(stderr, "The benchmark mappings are not in %s.\n", folder.c_str());
        return 1;
    }
    const auto measured = measureAll(cases->root(), folder, options);
    for (const Value &test : cases->root().items()) {
        const std::string id(test.get("id").text());
        const auto event =
            parseJson(readFile(folder + "/data/" + std::string(test.get("data").text()) + ".json"));
        if (event && (options.only.empty() || id == options.only))
            bench::compareAsMapping(
                id, std::string(test.get("expr").text()), event->root(),
                [&options](const auto &work) { return measure(work, options.ms / 1000.0); });
    }
    const int missed = bench::printTargets(measured);
    std::printf("%d targets missed\n", missed);
    return options.strict && missed > 0 ? 1 : 0;
}
