// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/RefusalLog.h"

#include "core/base/Log.h"
#include "core/base/LogIds.h"
#include "core/base/Text.h"

namespace tw {
namespace {

constexpr std::chrono::minutes kPause{1};

} // namespace

void RefusalLog::write(const std::string &flow, const std::string &trigger, const Error &why)
{
    const Instant now = m_clock.now();
    const auto [told, isFirst] = m_told.try_emplace({flow + '/' + trigger, why.code}, Told{now, 0});
    if (!isFirst && now >= told->second.at && now < told->second.at + kPause) {
        ++told->second.leftOut;
        return;
    }
    const int leftOut = told->second.leftOut;
    told->second = {now, 0};
    const log::Ids ids({flow, {}, trigger, {}});
    qCWarning(log::runtime).noquote() << toQString(
        "delivery refused: " + why.text() +
        (leftOut == 0 ? std::string() : " (" + std::to_string(leftOut) + " more like it before)"));
}

} // namespace tw
