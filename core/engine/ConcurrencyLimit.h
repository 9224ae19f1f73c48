// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"

namespace tw {

/// How many calls may be on their way: halved when the other side says "too many", grown again while
/// it is content (fast up to where half was, slowly beyond). Plain data.
class ConcurrencyLimit
{
public:
    explicit ConcurrencyLimit(int most);

    int now() const { return static_cast<int>(m_current); }
    int most() const { return m_most; }
    void succeeded();
    void refused(Instant now); ///< Counts once a second: a whole volley may be refused.
    void restart();            ///< After an outage: begins with one.
    void restore(double current);

private:
    int m_most;
    double m_current;
    double m_threshold;
    Instant m_lastCut;
};

} // namespace tw
