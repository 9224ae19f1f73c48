// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/TriggerDoor.h"

#include "core/base/Log.h"
#include "core/base/LogIds.h"
#include "core/base/Text.h"

namespace tw {

TriggerDoor::TriggerDoor(std::string flow, std::string trigger, Engine &engine, Receiver &receiver,
                         RunObserver &observer, RefusalLog &refusals)
    : m_flow(std::move(flow)), m_trigger(std::move(trigger)), m_engine(engine),
      m_receiver(receiver), m_observer(observer), m_refusals(refusals)
{}

TriggerDoor::~TriggerDoor()
{
    if (!m_path.empty())
        m_receiver.remove(m_path);
}

void TriggerDoor::accept(IncomingEvent event, std::function<void(Result<Acceptance>)> done)
{
    const std::string delivery = event.id;
    const log::Ids ids({m_flow, {}, m_trigger, delivery});
    m_engine.accept(m_flow, m_trigger, std::move(event),
                    [this, done = std::move(done)](Result<Acceptance> accepted) {
                        if (!accepted)
                            m_observer.deliveryRefused(m_flow, m_trigger, accepted.error());
                        done(std::move(accepted));
                    });
}

void TriggerDoor::newestEvent(std::function<void(Result<std::string>)> done)
{
    m_engine.newestEvent(m_flow, m_trigger, std::move(done));
}

void TriggerDoor::cursor(std::function<void(Result<std::string>)> done)
{
    m_engine.cursor(m_flow, m_trigger, std::move(done));
}

void TriggerDoor::keep(const std::string &area, std::string value,
                       std::function<void(Result<void>)> done)
{
    m_engine.keep({area, m_flow + '/' + m_trigger, std::move(value), {}}, std::move(done));
}

void TriggerDoor::kept(const std::string &area, std::function<void(Result<std::string>)> done)
{
    m_engine.kept(area, m_flow + '/' + m_trigger, std::move(done));
}

void TriggerDoor::warned(const Error &what)
{
    const log::Ids ids({m_flow, {}, m_trigger, {}});
    qCWarning(log::runtime).noquote() << toQString(what.text());
    m_observer.triggerWarned(m_flow, m_trigger, what);
}

void TriggerDoor::refused(const Error &why)
{
    m_refusals.write(m_flow, m_trigger, why);
    m_observer.deliveryRefused(m_flow, m_trigger, why);
}

Result<void> TriggerDoor::receive(const std::string &path,
                                  std::function<void(HttpRequest, HttpReply)> handler)
{
    if (auto added = m_receiver.add(path, std::move(handler)); !added)
        return added;
    m_path = path;
    return {};
}

} // namespace tw
