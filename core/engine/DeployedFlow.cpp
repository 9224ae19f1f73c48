// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/DeployedFlow.h"

#include "core/data/Json.h"

#include <algorithm>

namespace tw {
namespace {

std::string placeOf(const FlowDocument &document, const TextPosition &at)
{
    return document.file() + ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
}

Error finding(const FlowDocument &document, const TextPosition &at, std::string code,
              std::string message)
{
    return configError(std::move(code), std::move(message)).at(placeOf(document, at));
}

/// The connection that a step names, or the only one of the type it needs.
Result<std::shared_ptr<Connection>> connectionOf(const FlowStep &step, const NodeDescriptor &type,
                                                 const FlowDocument &document,
                                                 const Connections &connections)
{
    if (type.connection.empty())
        return std::shared_ptr<Connection>();
    std::string name = step.connection;
    if (name.empty()) {
        for (const auto &[candidate, kind] : document.flow().connections) {
            if (kind == type.connection)
                name = candidate;
        }
    }
    const auto found = connections.find(name);
    if (found == connections.end())
        return finding(document, step.at, "flow.missing_connection",
                       "The step \"" + step.id + "\" needs a connection to " + type.connection
                           + ". Choose one in its settings.");
    return found->second;
}

} // namespace

const std::vector<int> &DeployedFlow::Node::targets(std::string_view exit) const
{
    static const std::vector<int> kNone;
    const auto found = wires.find(exit);
    return found == wires.end() ? kNone : found->second;
}

int DeployedFlow::indexOf(std::string_view step) const
{
    const auto found = std::find_if(m_nodes.begin(), m_nodes.end(),
                                    [step](const Node &node) { return node.id == step; });
    return found == m_nodes.end() ? -1 : static_cast<int>(found - m_nodes.begin());
}

Result<void> DeployedFlow::addNode(const PlacedStep &placed, const Registry &registry,
                                   const Services &services, const Connections &connections)
{
    const FlowStep &step = placed.step;
    const FlowDocument &document = *placed.document;
    Node node;
    node.id = step.id;
    node.disabled = step.disabled;
    node.retry = step.retry.value_or(RetryPolicy{});
    node.type = registry.node(step.type);
    if (!node.type)
        return finding(document, step.at, "flow.unknown_type",
                       "The step \"" + step.id + "\" has the unknown type \"" + step.type + "\".");
    std::vector<Diagnostic> findings;
    node.settings = readSettings(node.type->params, step.with, document.file(), step.at,
                                 "the step \"" + step.id + "\"", findings);
    if (node.type->check)
        node.type->check(node.settings, findings);
    for (const Diagnostic &one : findings) {
        if (one.severity == Severity::Error && !step.disabled)
            return configError(one.code, one.message + (one.fix.empty() ? "" : " " + one.fix))
                .at(one.line > 0 ? one.file + ':' + std::to_string(one.line) + ':'
                            + std::to_string(one.column)
                                 : placeOf(document, step.at));
    }
    const auto exits = exitsOf(*node.type, node.settings);
    node.defaultExit = exits.empty() ? std::string() : exits.front().id;
    if (!node.disabled) {
        auto connection = connectionOf(step, *node.type, document, connections);
        if (!connection)
            return std::move(connection).error();
        const std::shared_ptr<Connection> used = *connection;
        NodeContext context{services, m_id, step.id, node.settings, std::move(*connection)};
        if (node.type->kind == NodeKind::Trigger && !placed.isEntry) {
            auto trigger = node.type->createTrigger(std::move(context));
            if (!trigger)
                return std::move(trigger).error().at(placeOf(document, step.at));
            node.trigger = std::move(*trigger);
            node.connection = used;
        } else {
            auto created = node.type->createStep(std::move(context));
            if (!created)
                return std::move(created).error().at(placeOf(document, step.at));
            node.step = std::move(*created);
            node.connection = used;
            if (auto read = readEffect(node, step, document, used.get()); !read)
                return read;
        }
    }
    m_nodes.push_back(std::move(node));
    return {};
}

Result<void> DeployedFlow::readEffect(Node &node, const FlowStep &step,
                                      const FlowDocument &document, const Connection *connection)
{
    if (!node.isEffect())
        return {};
    node.repeat = node.type->repeatWith ? node.type->repeatWith(node.settings) : node.type->repeat;
    node.onUnknown = step.onUnknown.value_or(node.repeat == Repeat::Unsafe ? OnUnknown::Ask
                                                                           : OnUnknown::Repeat);
    node.skipsStale = step.stale ? *step.stale == OnStale::Skip
                                 : node.repeat == Repeat::SafeByState;
    if (node.onUnknown == OnUnknown::LookUp && !node.step->canLookUp())
        return finding(document, step.at, "flow.cannot_look_up",
                       "The step \"" + step.id + "\" cannot look up whether it took effect. "
                       "Write \"on_unknown: ask\" or \"on_unknown: repeat\".");
    node.destination = connection ? static_cast<const void *>(connection) : node.step.get();
    if (connection && connection->settings().has("max_server_time"))
        node.maxServerTime = connection->settings().duration("max_server_time");
    const BatchPolicy batch = step.batch.value_or(BatchPolicy{});
    const std::size_t size = std::min(node.step->batchLimit(), static_cast<std::size_t>(batch.size));
    if (size > 1)
        node.batches = std::make_unique<Batches>(size, batch.linger);
    return {};
}

Result<void> DeployedFlow::readOrder(const FlowDocument &document)
{
    const FlowOrder &order = document.flow().order;
    m_ordered = order.perKey;
    m_holds = order.afterFailure == FlowOrder::AfterFailure::Hold;
    if (order.by.empty())
        return {};
    auto compiled = Expression::compile(order.by);
    if (!compiled)
        return finding(document, order.byAt, "flow.expression",
                       "The expression of \"order\" cannot be read: "
                           + compiled.error().message);
    m_orderBy = std::move(*compiled);
    return {};
}

std::string DeployedFlow::keyOf(const IncomingEvent &event) const
{
    if (!m_orderBy)
        return event.key;
    auto message = parseJson(event.body);
    if (!message)
        return event.key;
    Environment environment;
    environment.bindings = {{"event", message->root()}};
    environment.now = event.created;
    Arena arena;
    const auto value = m_orderBy->evaluate(arena, message->root(), environment);
    if (!value || value->isUndefined() || value->isNull() || value->isFunction())
        return event.key;
    return value->isString() ? std::string(value->text()) : toJson(*value);
}

Result<void> DeployedFlow::wire(const FlowStep &step, const FlowDocument &document)
{
    Node &node = m_nodes[static_cast<std::size_t>(indexOf(step.id))];
    for (const Wire &wire : step.wires) {
        const int target = indexOf(wire.to);
        if (target < 0)
            return finding(document, wire.at, "flow.dangling_wire",
                           "The step \"" + step.id + "\" leads to \"" + wire.to
                               + "\", which does not exist.");
        node.wires[wire.exit].push_back(target);
    }
    return {};
}

void DeployedFlow::drawMap()
{
    std::vector<FlowMap::Step> steps;
    for (const Node &node : m_nodes) {
        FlowMap::Step step;
        step.id = node.id;
        step.collects = node.collects() ? node.type->collects : Collects::Nothing;
        step.loops = node.loops();
        m_forks = m_forks || node.loops();
        for (const auto &[exit, targets] : node.wires) {
            m_forks = m_forks || targets.size() > 1;
            step.targets.insert(step.targets.end(), targets.begin(), targets.end());
        }
        if (node.collects())
            step.across = indexOf(node.id.substr(0, node.id.rfind('.') + 1)
                                  + node.settings.text("across"));
        if (node.loops()) {
            step.elements = node.targets(node.type->exits.at(0).id);
            step.done = node.targets(node.type->exits.at(1).id);
        }
        m_mayStepAside = m_mayStepAside
            || (m_ordered && node.step && !node.isEffect() && !node.step->keepsOrder());
        steps.push_back(std::move(step));
    }
    m_map = FlowMap(std::move(steps));
}

Result<std::unique_ptr<DeployedFlow>> DeployedFlow::create(const FlowDocument &document,
                                                           const Registry &registry,
                                                           const Services &services,
                                                           const Connections &connections,
                                                           const FlowLibrary &library)
{
    auto expanded = expandCalls(document, registry, library);
    if (!expanded)
        return std::move(expanded).error();
    auto flow = std::make_unique<DeployedFlow>();
    flow->m_id = document.flow().id;
    flow->m_version = expanded->version(document);
    flow->m_text = expanded->text(document);
    flow->m_failures = document.flow().failures;
    if (auto order = flow->readOrder(document); !order)
        return std::move(order).error();
    for (const PlacedStep &step : expanded->steps) {
        if (auto added = flow->addNode(step, registry, services, connections); !added)
            return std::move(added).error();
    }
    for (const PlacedStep &step : expanded->steps) {
        if (auto wired = flow->wire(step.step, *step.document); !wired)
            return std::move(wired).error();
    }
    flow->drawMap();
    return flow;
}

Result<std::unique_ptr<DeployedFlow>> DeployedFlow::createKept(const std::string &text,
                                                               const std::string &file,
                                                               const Registry &registry,
                                                               const Services &services,
                                                               const Connections &connections)
{
    const auto documents = documentsOf(text, file);
    FlowLibrary library;
    for (const auto &document : documents)
        library.emplace(document->flow().id, document.get());
    return create(*documents.front(), registry, services, connections, library);
}

} // namespace tw
