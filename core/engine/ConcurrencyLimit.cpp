// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/ConcurrencyLimit.h"

#include <algorithm>

namespace tw {
namespace {

constexpr std::chrono::milliseconds kVolley{1000};

} // namespace

ConcurrencyLimit::ConcurrencyLimit(int most)
    : m_most(std::max(1, most)), m_current(m_most), m_threshold(m_most)
{}

void ConcurrencyLimit::succeeded()
{
    m_current += m_current < m_threshold ? 1 : 1 / m_current;
    m_current = std::min(m_current, static_cast<double>(m_most));
}

void ConcurrencyLimit::refused(Instant now)
{
    if (now - m_lastCut < kVolley && now >= m_lastCut)
        return;
    m_lastCut = now;
    m_current = std::max(1.0, m_current / 2);
    m_threshold = m_current;
}

void ConcurrencyLimit::restart()
{
    m_threshold = std::max(1.0, m_current / 2);
    m_current = 1;
}

void ConcurrencyLimit::restore(double current)
{
    m_current = std::clamp(current, 1.0, static_cast<double>(m_most));
    m_threshold = m_current;
}

} // namespace tw
