// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/net/HttpClient.h"
#include "core/ops/Desk.h"
#include "core/vault/KeyStore.h"

#include <QObject>
#include <functional>
#include <memory>
#include <string>

namespace tw {

class JournalSeal;

/// The way to the desk of a data folder: through the runner that works on it, else into its journal
/// directly; decisions made there are taken up by the next runner. Lives on a thread with an event
/// loop.
class DeskDoor final : public QObject
{
public:
    /// `places.folder` is set here; the rest says where the key of a sealed journal may lie. `registry`
    /// as for ops::performDesk().
    DeskDoor(std::string dataDir, Clock &clock, KeyPlaces places = {},
             const Registry *registry = nullptr)
        : m_dataDir(std::move(dataDir)), m_clock(clock), m_places(std::move(places)),
          m_registry(registry)
    {
        m_places.folder = m_dataDir;
    }

    /// `done` once, later, with the action's answer. Errors: Config `runtime.no_journal`, Transient
    /// `runtime.no_admin`, and those of the action.
    void call(ops::DeskCall call, std::function<void(Result<DocumentPtr>)> done);

private:
    Result<DocumentPtr> needsRunner() const;
    Result<DocumentPtr> performAlone(const ops::DeskCall &call) const;
    Result<DocumentPtr> eraseCopies(Journal &journal, const ops::DeskCall &call,
                                    const DocumentPtr &erased, const JournalSeal *seal) const;
    void ask(const ops::DeskCall &call, std::function<void(Result<DocumentPtr>)> done);

    std::string m_dataDir;
    Clock &m_clock;
    KeyPlaces m_places;
    const Registry *m_registry;
    std::unique_ptr<HttpClient> m_http;
};

} // namespace tw
