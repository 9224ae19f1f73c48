// SPDX-License-Identifier: GPL-3.0-or-later
// Measures the nineteen benchmark mappings: parse (text to program), eval (on a parsed event), full
// (event bytes to result bytes), in microseconds; 10th percentile over batches of about 2 ms. With
// TIDEWIRE_JSONATA_DIR (a folder that has node_modules/jsonata) the reference runs beside it.
#include "core/data/Json.h"
#include "core/expr/Expression.h"
#include "tests/bench/MappingCase.h"

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

using namespace tw;
using SteadyClock = std::chrono::steady_clock;

namespace {

struct Figures
{
    double parse = 0;
    double eval = 0;
    double full = 0;
};

std::string readFile(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

double seconds(SteadyClock::time_point since)
{
    return std::chrono::duration<double>(SteadyClock::now() - since).count();
}

double measure(const std::function<void()> &work, double duration)
{
    const auto warm = SteadyClock::now();
    while (seconds(warm) < duration / 4)
        work();
    std::size_t batch = 1;
    for (;; batch *= 2) {
        const auto start = SteadyClock::now();
        for (std::size_t i = 0; i < batch; ++i)
            work();
        if (seconds(start) > 0.002 || batch > 1'000'000)
            break;
    }
    std::vector<double> figures;
    const auto begin = SteadyClock::now();
    while (seconds(begin) < duration || figures.size() < 15) {
        const auto start = SteadyClock::now();
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

std::map<std::string, Figures> reference(const std::string &folder, int ms)
{
    std::map<std::string, Figures> figures;
    const char *modules = std::getenv("TIDEWIRE_JSONATA_DIR");
    if (!modules)
        return figures;
    const std::string script = std::filesystem::absolute(folder + "/reference.mjs").string();
    const std::string command = "cd '" + std::string(modules) + "' && node '" + script + "' --ms " +
                                std::to_string(ms) + " 2>/dev/null";
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

} // namespace

int main(int argc, char **argv)
{
    const char *shared = std::getenv("TIDEWIRE_SHARED");
    const std::string folder =
        std::string(shared ? shared : TIDEWIRE_SOURCE_DIR "/../shared") + "/bench/mapping";
    const int ms = argc > 1 ? std::atoi(argv[1]) : 400;
    const std::string only = argc > 2 ? argv[2] : "";
    const auto cases = parseJson(readFile(folder + "/cases.json"));
    if (!cases) {
        std::fprintf(stderr, "The benchmark mappings are not in %s.\n", folder.c_str());
        return 1;
    }
    const auto other = only.empty() ? reference(folder, ms) : std::map<std::string, Figures>();
    std::printf("%-18s %10s %10s %10s | %10s %10s %10s | %8s %8s\n", "case (us)", "parse", "eval",
                "full", "ref parse", "ref eval", "ref full", "x eval", "x full");
    double product = 0;
    int compared = 0;
    for (const Value &test : cases->root().items()) {
        const std::string id(test.get("id").text());
        if (!only.empty() && id != only)
            continue;
        const std::string event =
            readFile(folder + "/data/" + std::string(test.get("data").text()) + ".json");
        const Figures ours = measureCase(std::string(test.get("expr").text()), event, ms / 1000.0);
        const auto known = other.find(id);
        if (known == other.end()) {
            std::printf("%-18s %10.2f %10.3f %10.2f |\n", id.c_str(), ours.parse, ours.eval,
                        ours.full);
            continue;
        }
        const Figures &theirs = known->second;
        std::printf("%-18s %10.2f %10.3f %10.2f | %10.2f %10.2f %10.2f | %8.1f %8.1f\n", id.c_str(),
                    ours.parse, ours.eval, ours.full, theirs.parse, theirs.eval, theirs.full,
                    theirs.eval / ours.eval, theirs.full / ours.full);
        product += std::log(theirs.eval / ours.eval);
        ++compared;
    }
    for (const Value &test : cases->root().items()) {
        const std::string id(test.get("id").text());
        const auto event = parseJson(
            readFile(folder + "/data/" + std::string(test.get("data").text()) + ".json"));
        if (event && (only.empty() || id == only))
            bench::compareAsMapping(id, std::string(test.get("expr").text()), event->root(),
                                    [ms](const auto &work) { return measure(work, ms / 1000.0); });
    }
    if (compared > 0)
        std::printf("geometric mean of eval over %d cases: %.1f x\n", compared,
                    std::exp(product / compared));
    return 0;
}
