// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/vault/KeyStore.h"

#include <QObject>
#include <atomic>
#include <string>
#include <thread>

namespace tw {

class Journal;

/// What an operator can do with the journal in a data folder while no runtime works on it.
namespace journalCare {

struct Checked
{
    std::string text;   ///< What was looked at, and what was not.
    bool isAll = false; ///< False: it is sealed and the key is not there.
};

/// About a journal that is sound; Internal `store.damaged` with the way out for one that is not.
Result<Checked> check(const std::string &dataDir, KeyPlaces places = {});
/// Logs rows that are not what they were, before a runner works on it; a large journal is not read for it.
void tellDamagedRows(Journal &journal, const std::string &dataDir);

struct KeyNote
{
    std::string text;   ///< What has to be kept beside copies; empty: they are not sealed.
    bool isThere = true;
};
/// What opens the copies of this journal.
Result<KeyNote> keyOfCopies(const std::string &dataDir, KeyPlaces places);

/// Answers the name of the copy; a running runtime does not mind.
Result<std::string> backUp(const std::string &dataDir, const Clock &clock);
struct SetAside
{
    bool restore = false; ///< The newest backup takes its place.
    bool force = false;   ///< Also a sound one.
    std::string by{};     ///< Who does it, for the audit log of what is restored.
};

/// Out of the way, with nothing lost. Answers what was done. Rejected `runtime.journal_sound` says what
/// a sound one holds.
Result<std::string> setAside(const std::string &dataDir, const SetAside &how, const Clock &clock);

/// The same error with what to do about it, when it tells of damage.
Error withWayOut(Error error, const std::string &dataDir);

} // namespace journalCare

/// Backs a journal up once a day, on a thread of its own, and keeps the last three. A copy that cannot
/// be read back is no backup: it is told of in the log. Lives on the thread of its clock.
class Backups final : public QObject
{
public:
    Backups(Clock &clock, std::string dataDir);
    ~Backups() override;

private:
    void look();

    Clock &m_clock;
    std::string m_dataDir;
    std::atomic<bool> m_busy = false;
    std::thread m_thread;
};

} // namespace tw
