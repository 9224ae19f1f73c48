// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <QObject>
#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace tw {

/// Looks through a journal that is too large to be checked before the first event, on a thread and
/// a connection of its own. `damaged` is called on the thread of this object, only when something
/// was found. Destruction breaks the check off.
class FileCheck final : public QObject
{
public:
    FileCheck(std::string file, std::function<void(const Error &)> damaged);
    ~FileCheck() override;

private:
    void run(const std::string &file);

    std::function<void(const Error &)> m_damaged;
    std::atomic<bool> m_stop = false;
    std::thread m_thread;
};

} // namespace tw
