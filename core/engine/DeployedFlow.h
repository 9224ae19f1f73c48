// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Registry.h"
#include "core/engine/Batches.h"
#include "core/engine/FlowMap.h"
#include "core/expr/Expression.h"
#include "core/flow/CalledFlows.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tw {

struct GateDesk;
using Connections = std::map<std::string, std::shared_ptr<Connection>>;

/// A flow made ready to run: steps created, settings checked, wires resolved to indexes. Owned by
/// the engine, lives on its thread; unchanged while it runs, but for the bookkeeping of its calls.
class DeployedFlow
{
public:
    struct Node
    {
        std::string id;
        const NodeDescriptor *type = nullptr;
        Settings settings;
        std::unique_ptr<Step> step;       ///< Null for triggers and disabled steps.
        std::unique_ptr<Trigger> trigger; ///< Null for steps and disabled triggers.
        bool disabled = false;
        std::string defaultExit; ///< Where records of a disabled step leave; empty: nowhere.
        std::map<std::string, std::vector<int>, std::less<>> wires; ///< Exit -> nodes.
        RetryPolicy retry;
        OnUnknown onUnknown = OnUnknown::Repeat;
        Repeat repeat = Repeat::Unsafe;
        bool skipsStale = false; ///< Leaves records alone that a newer event has written.
        std::shared_ptr<Connection> connection; ///< May be null.
        GateDesk *gate = nullptr; ///< In front of it; the engine's.
        const void *destination = nullptr; ///< The same for all that goes to the same place.
        std::chrono::milliseconds maxServerTime{30'000}; ///< A late attempt lands within this.
        std::unique_ptr<Batches> batches; ///< Null: items go one by one.

        const std::vector<int> &targets(std::string_view exit) const;
        bool isEffect() const { return type->effect && !disabled; }
        bool collects() const { return type->collects != Collects::Nothing && !disabled; }
        bool loops() const { return type->loops && !disabled; }
    };

    /// The calls of this flow that are in flight, and who waits for a place.
    struct Places
    {
        int inFlight = 0;
        std::deque<std::pair<std::int64_t, int>> waiting; ///< Run and item.
    };

    /// With the flows of `library` in the place of their calls. Errors: Config, the first finding
    /// with file and line.
    static Result<std::unique_ptr<DeployedFlow>> create(const FlowDocument &document,
                                                        const Registry &registry,
                                                        const Services &services,
                                                        const Connections &connections,
                                                        const FlowLibrary &library = {});
    /// From text(), with the called flows as they were then.
    static Result<std::unique_ptr<DeployedFlow>> createKept(const std::string &text,
                                                            const std::string &file,
                                                            const Registry &registry,
                                                            const Services &services,
                                                            const Connections &connections);

    const std::string &id() const { return m_id; }
    /// See flowVersion(); runs keep the one they began with.
    const std::string &version() const { return m_version; }
    const std::string &text() const { return m_text; } ///< Of the flow file and of those that it calls.
    const FlowFailures &failures() const { return m_failures; }
    const std::vector<Node> &nodes() const { return m_nodes; }
    std::vector<Node> &nodes() { return m_nodes; }
    int indexOf(std::string_view step) const; ///< -1 when there is none.
    const FlowMap &map() const { return m_map; }
    Places &places() { return m_places; }

    bool isOrdered() const { return m_ordered; }
    bool holdsAfterFailure() const { return m_holds; }
    /// The business object that an event is about: what the flow's own expression gives, else what
    /// the trigger named. Empty: none.
    std::string keyOf(const IncomingEvent &event) const;
    /// A run may let later events of its key pass while it waits (Step::keepsOrder).
    bool mayStepAside() const { return m_mayStepAside; }
    /// A run may have several items at a time: that one waits says nothing about the others.
    bool forks() const { return m_forks; }

private:
    Result<void> addNode(const PlacedStep &placed, const Registry &registry,
                         const Services &services, const Connections &connections);
    static Result<void> readEffect(Node &node, const FlowStep &step,
                                   const FlowDocument &document, const Connection *connection);
    Result<void> readOrder(const FlowDocument &document);
    Result<void> wire(const FlowStep &step, const FlowDocument &document);
    void drawMap();

    std::string m_id;
    std::string m_version;
    std::string m_text;
    FlowFailures m_failures;
    std::vector<Node> m_nodes;
    FlowMap m_map;
    Places m_places;
    bool m_mayStepAside = false;
    bool m_forks = false;
    bool m_ordered = true;
    bool m_holds = false;
    std::optional<Expression> m_orderBy;
};

} // namespace tw
