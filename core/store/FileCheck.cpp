// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/FileCheck.h"

#include "core/store/SqliteJournal.h"

#include <pthread.h>

namespace tw {

FileCheck::FileCheck(std::string file, std::function<void(const Error &)> damaged)
    : m_damaged(std::move(damaged)), m_thread([this, name = std::move(file)] { run(name); })
{}

FileCheck::~FileCheck()
{
    m_stop = true;
    m_thread.join();
}

void FileCheck::run(const std::string &file)
{
    pthread_setname_np(pthread_self(), "store-check");
    const auto sound = SqliteJournal::checkFile(file, &m_stop);
    if (sound || m_stop || sound.error().code != "store.damaged")
        return;
    QMetaObject::invokeMethod(
        this, [this, error = sound.error()] { m_damaged(error); }, Qt::QueuedConnection);
}

} // namespace tw
