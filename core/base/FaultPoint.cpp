// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/FaultPoint.h"

#ifdef TIDEWIRE_FAULT_POINTS
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>

namespace tw {
namespace {

struct Wanted
{
    std::string name;
    long number = 0;
};

Wanted wanted()
{
    const char *text = std::getenv("TIDEWIRE_FAULT_POINT");
    const std::string all = text ? text : "";
    const auto colon = all.rfind(':');
    if (colon == std::string::npos)
        return {all, 1};
    return {all.substr(0, colon), std::strtol(all.c_str() + colon + 1, nullptr, 10)};
}

} // namespace

void reachFaultPoint(const char *name)
{
    static const Wanted point = wanted();
    static std::atomic<long> passed = 0;
    if (point.name == name && ++passed == point.number)
        std::raise(SIGKILL);
}

long long faultClockMs()
{
    static const char *const text = std::getenv("TIDEWIRE_FAULT_CLOCK_MS");
    static const long long offset = text ? std::strtoll(text, nullptr, 10) : 0;
    return offset;
}

} // namespace tw
#endif
