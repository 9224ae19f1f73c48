// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Signals.h"

#include <QSocketNotifier>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace tw::runner {
namespace {

int pipeEnds[2] = {-1, -1};
volatile std::sig_atomic_t seen = 0;

void onSignal(int number)
{
    if (seen != 0)
        ::_exit(128 + number);
    seen = 1;
    const char byte = 1;
    [[maybe_unused]] const auto written = ::write(pipeEnds[1], &byte, 1);
}

} // namespace

Signals::Signals(std::function<void()> onStop) : m_onStop(std::move(onStop))
{
    if (::pipe2(pipeEnds, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    m_notifier = new QSocketNotifier(pipeEnds[0], QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, [this] {
        m_notifier->setEnabled(false);
        m_onStop();
    });
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
}

Signals::~Signals()
{
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    for (int &end : pipeEnds) {
        ::close(end);
        end = -1;
    }
    seen = 0;
}

} // namespace tw::runner
