// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/MappingTargets.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>

namespace tw::bench {
namespace {

/// Hand-written C++ over the same events, measured once on one machine: what can be had at best.
struct Floor
{
    const char *id;
    double eval;
    double full;
};
constexpr Floor kFloors[] = {
    {"path", 0.03, 0.5},         {"mapping15", 1.3, 2.8}, {"lines_filter_map", 1.3, 4.3},
    {"sum", 0.11, 3.0},          {"big_sum", 11.7, 557},  {"big_map", 510, 1363},
    {"big_aggregate", 150, 921},
};
constexpr double kFloorGoal = 5;

struct Target
{
    const char *id;
    double Figures::*figure;
    const char *what;
    double most;
};
constexpr Target kTargets[] = {
    {"path", &Figures::eval, "eval", 0.25},
    {"sum", &Figures::eval, "eval", 0.8},
    {"mapping15", &Figures::eval, "eval", 12},
    {"lines_filter_map", &Figures::eval, "eval", 8},
    {"hof", &Figures::eval, "eval", 6},
    {"big_map", &Figures::eval, "eval", 3000},
    {"big_aggregate", &Figures::eval, "eval", 1500},
    {"mapping15", &Figures::full, "full", 20},
    {"big_map", &Figures::full, "full", 6000},
    {"big_aggregate", &Figures::full, "full", 3500},
    {"mapping15", &Figures::parse, "parse", 60},
};
constexpr double kLeastMean = 8;
constexpr double kLeastEach = 3;

const Floor *floorOf(const std::string &id)
{
    const auto found = std::find_if(std::begin(kFloors), std::end(kFloors),
                                    [&id](const Floor &floor) { return id == floor.id; });
    return found == std::end(kFloors) ? nullptr : found;
}

bool report(const std::string &what, double figure, const char *relation, double bound, bool met)
{
    std::printf("  %-40s %10.2f %s %8.2f   %s\n", what.c_str(), figure, relation, bound,
                met ? "met" : "MISSED");
    return met;
}

int missedAbsolutes(const std::vector<MeasuredCase> &cases)
{
    int missed = 0;
    for (const Target &target : kTargets) {
        for (const MeasuredCase &measured : cases) {
            const double figure = measured.ours.*target.figure;
            if (measured.id == target.id &&
                !report(measured.id + " " + target.what + ", us", figure, "<=", target.most,
                        figure <= target.most))
                ++missed;
        }
    }
    return missed;
}

int missedRatios(const std::vector<MeasuredCase> &cases)
{
    double product = 0;
    double least = INFINITY;
    std::string slowest;
    int compared = 0;
    for (const MeasuredCase &measured : cases) {
        if (measured.reference.eval <= 0)
            continue;
        const double ratio = measured.reference.eval / measured.ours.eval;
        product += std::log(ratio);
        ++compared;
        if (ratio < least) {
            least = ratio;
            slowest = measured.id;
        }
    }
    if (compared == 0) {
        std::printf("  %-40s not measured: the reference did not run\n", "eval against reference");
        return 0;
    }
    const double mean = std::exp(product / compared);
    int missed = 0;
    missed +=
        report("eval, geometric mean, times faster", mean, ">=", kLeastMean, mean >= kLeastMean)
            ? 0
            : 1;
    missed += report("eval, least (" + slowest + "), times faster", least, ">=", kLeastEach,
                     least >= kLeastEach)
                  ? 0
                  : 1;
    return missed;
}

void reportFloors(const std::vector<MeasuredCase> &cases)
{
    std::printf("goal: within %.0f times of hand-written C++ (eval, full)\n", kFloorGoal);
    for (const MeasuredCase &measured : cases) {
        const Floor *floor = floorOf(measured.id);
        if (!floor)
            continue;
        const double eval = measured.ours.eval / floor->eval;
        const double full = measured.ours.full / floor->full;
        std::printf("  %-24s %6.1f %-8s %6.1f %s\n", floor->id, eval,
                    eval <= kFloorGoal ? "reached" : "beyond", full,
                    full <= kFloorGoal ? "reached" : "beyond");
    }
}

} // namespace

void printHeader()
{
    std::printf("%-18s %8s %9s %9s | %9s %9s %9s | %6s %6s | %6s %6s\n", "case (us)", "parse",
                "eval", "full", "ref parse", "ref eval", "ref full", "x eval", "x full", "/floor",
                "/floor");
}

void printCase(const MeasuredCase &measured)
{
    const Figures &ours = measured.ours;
    const Figures &theirs = measured.reference;
    std::printf("%-18s %8.2f %9.3f %9.2f |", measured.id.c_str(), ours.parse, ours.eval, ours.full);
    if (theirs.eval > 0)
        std::printf(" %9.2f %9.2f %9.2f | %6.1f %6.1f |", theirs.parse, theirs.eval, theirs.full,
                    theirs.eval / ours.eval, theirs.full / ours.full);
    else
        std::printf(" %9s %9s %9s | %6s %6s |", "-", "-", "-", "-", "-");
    if (const Floor *floor = floorOf(measured.id))
        std::printf(" %6.1f %6.1f", ours.eval / floor->eval, ours.full / floor->full);
    std::printf("\n");
    std::fflush(stdout);
}

int printTargets(const std::vector<MeasuredCase> &cases)
{
    std::printf("targets\n");
    const int missed = missedAbsolutes(cases) + missedRatios(cases);
    reportFloors(cases);
    return missed;
}

} // namespace tw::bench
