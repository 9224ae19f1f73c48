// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>

class QSocketNotifier;

namespace tw::runner {

/// Turns SIGINT and SIGTERM into one call on the event loop; a second signal ends the process at
/// once with the code of the signal. One object at a time.
class Signals : public QObject
{
public:
    explicit Signals(std::function<void()> onStop);
    ~Signals() override;

private:
    std::function<void()> m_onStop;
    QSocketNotifier *m_notifier = nullptr;
};

} // namespace tw::runner
