// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/JournalCopies.h"

#include "core/store/JournalDesk.h"
#include "core/store/JournalFiles.h"
#include "core/store/SqliteJournal.h"

#include <filesystem>
#include <pthread.h>

namespace tw {

namespace fs = std::filesystem;

namespace {

/// Whether the copy held the person. All that is done is done on `file` itself.
Result<bool> eraseIn(const std::string &file, const ops::DeskCall &call, const JournalSeal *like)
{
    auto journal = SqliteJournal::open({file});
    if (!journal)
        return std::move(journal).error();
    auto seal = JournalSeal::attachLike(**journal, like);
    if (!seal)
        return std::move(seal).error();
    if (auto begun = (*journal)->begin(); !begun)
        return std::move(begun).error();
    auto report = ops::eraseWithProof(**journal, call, true);
    auto committed = report ? (*journal)->commit() : Result<void>(report.error());
    if (!committed)
        return std::move(committed).error();
    (*journal)->maintain(false);
    return !report->isNothing();
}

/// Whether the copy held the person; it is written anew then.
Result<bool> eraseFrom(const std::string &copy, const ops::DeskCall &call, const JournalSeal *seal)
{
    const std::string work = copy + ".erase";
    journalFiles::removeAll(work);
    auto copied = journalFiles::copyAll(copy, work);
    auto held = copied ? eraseIn(work, call, seal) : Result<bool>(copied.error());
    if (held && *held && !ops::isDryRun(call)) {
        if (auto placed = journalFiles::replace(work, copy); !placed)
            held = placed.error();
    }
    journalFiles::removeAll(work);
    return held;
}

} // namespace

namespace journalCopies {

ops::CopiesErased erase(const std::string &dataDir, const ops::DeskCall &call,
                        const JournalSeal *seal)
{
    ops::CopiesErased report;
    for (const std::string &copy : journalFiles::copies(dataDir)) {
        const std::string name = fs::relative(copy, dataDir).string();
        ++report.searched;
        const auto held = journalFiles::isWhole(copy) ? eraseFrom(copy, call, seal)
                                                      : Result<bool>(transientError("store.io", {}));
        if (held && *held) {
            report.rewritten.push_back(name);
        } else if (!held && ops::wantsCopiesRemoved(call)) {
            if (!ops::isDryRun(call))
                journalFiles::removeAll(copy);
            report.removed.push_back(name);
        } else if (!held) {
            report.left.push_back(name);
        }
    }
    return report;
}

} // namespace journalCopies

CopyEraser::~CopyEraser()
{
    if (m_thread.joinable())
        m_thread.join();
}

void CopyEraser::erase(const ops::DeskCall &call,
                       std::function<void(const ops::CopiesErased &)> done)
{
    if (m_thread.joinable())
        m_thread.join();
    m_thread = std::thread([this, call, done = std::move(done)] {
        pthread_setname_np(pthread_self(), "erase");
        QMetaObject::invokeMethod(
            this,
            [report = journalCopies::erase(m_dataDir, call, m_seal.get()), done] { done(report); },
            Qt::QueuedConnection);
    });
}

} // namespace tw
