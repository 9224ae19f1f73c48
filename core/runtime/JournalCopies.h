// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/Erasure.h"
#include "core/runtime/JournalSeal.h"

#include <QObject>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace tw {

/// The copies of a journal in its data folder: backups, and what was set aside. A backup under way
/// counts as one that cannot be read.
namespace journalCopies {

/// Takes a person out of all of them: a copy that holds it is written anew and put in the place of the
/// old one. `seal` opens sealed ones; null: the journal is not sealed.
ops::CopiesErased erase(const std::string &dataDir, const ops::DeskCall &call,
                        const JournalSeal *seal);

} // namespace journalCopies

/// The same on a thread of its own, beside a runtime that goes on. Lives on the thread that asks.
class CopyEraser final : public QObject
{
public:
    CopyEraser(std::string dataDir, const JournalSeal *seal)
        : m_dataDir(std::move(dataDir)), m_seal(seal ? seal->another() : nullptr)
    {}
    ~CopyEraser() override;

    /// One after the other; `done` on this object's thread.
    void erase(const ops::DeskCall &call, std::function<void(const ops::CopiesErased &)> done);

private:
    std::string m_dataDir;
    std::unique_ptr<JournalSeal> m_seal;
    std::thread m_thread;
};

} // namespace tw
