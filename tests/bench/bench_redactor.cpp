// SPDX-License-Identifier: GPL-3.0-or-later
// What it costs to look for secrets in a log line that has none: as a ratio to copying it.
#include "core/base/Clock.h"
#include "core/base/LogLine.h"
#include "core/base/Redactor.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <vector>

namespace {

using Stopwatch = std::chrono::steady_clock;

double nanoseconds(const std::function<void()> &work, int repeats)
{
    const auto start = Stopwatch::now();
    for (int i = 0; i < repeats; ++i)
        work();
    const std::chrono::duration<double, std::nano> spent = Stopwatch::now() - start;
    return spent.count() / repeats;
}

double measured(const std::function<void()> &work)
{
    work();
    const int repeats = std::max(1, static_cast<int>(2e6 / std::max(nanoseconds(work, 3), 1.0)));
    std::vector<double> figures;
    for (int i = 0; i < 100; ++i)
        figures.push_back(nanoseconds(work, repeats));
    std::sort(figures.begin(), figures.end());
    return figures[figures.size() / 10];
}

void row(const char *name, const std::string &text, const tw::Redactor &redactor)
{
    std::size_t sink = 0;
    const double copy = measured([&] { sink += std::string(text).size(); });
    const double clean = measured([&] { sink += redactor.redacted(text).size(); });
    const double line = measured([&] {
        sink += tw::log::written({{}, tw::log::Level::Info, "engine", text, {"flow", "17", {}, {}}},
                                 tw::log::Form::Json, redactor)
                    .size();
    });
    std::printf("%-34s %6zu %9.1f %9.1f %9.1f %9.1f%s\n", name, text.size(), copy, clean,
                clean / copy, line, sink == 0 ? " " : "");
}

} // namespace

int main()
{
    tw::Redactor redactor;
    for (int i = 0; i < 20; ++i)
        redactor.remember(tw::Secret("secret number " + std::to_string(i * 7919) + "-abcdefgh"));
    std::string plain =
        "Waiting to repeat the step upsert of the flow stripe-charge-to-payment: the "
        "service answered 503 and asked for a pause; the record stays where it is, "
        "and others of the same kind go on meanwhile ";
    plain.resize(200, '.');
    std::string numbers = plain;
    numbers.replace(60, 32, "evt_1234567890 1790000000000 42 ");
    std::string address = plain;
    address.replace(60, 20, " ana@example.com    ");
    std::printf("%-34s %6s %9s %9s %9s %9s\n", "", "bytes", "copy ns", "redact ns", "ratio",
                "line ns");
    row("nothing to hide", plain, redactor);
    row("numbers that are none of ours", numbers, redactor);
    row("an address", address, redactor);
}
