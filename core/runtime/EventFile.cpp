// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/EventFile.h"

#include "core/data/Json.h"
#include "core/engine/Engine.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace tw {

Result<IncomingEvent> readEventFile(const std::string &json, Instant now)
{
    auto document = parseJson(json);
    if (!document)
        return std::move(document).error();
    const Value &root = document->root();
    const Value id = root.get("id");
    const Value type = root.get("type");
    if (!id.isString() || id.size() == 0 || !type.isString() || type.size() == 0)
        return rejectedError("runtime.no_event",
                             "This is not an event: it needs an \"id\" and a \"type\".");
    const auto created = root.get("created").toInt();
    const Value live = root.get("livemode");
    const Value object = root.find("data.object.id");
    return IncomingEvent{std::string(id.text()), std::string(type.text()), json,
                         root.get("created").isNumber() && created ? Instant::fromSeconds(*created)
                                                                   : now,
                         live.isBool() && live.asBool(),
                         object.isString() ? std::string(object.text()) : std::string()};
}

namespace {

bool knowsTypes(const DeployedFlow::Node &trigger)
{
    return std::any_of(trigger.type->params.begin(), trigger.type->params.end(),
                       [](const Param &param) { return param.id() == "events"; });
}

bool asksFor(const DeployedFlow::Node &trigger, std::string_view type)
{
    if (!trigger.settings.has("events"))
        return true;
    const auto patterns = trigger.settings.list("events");
    return std::any_of(patterns.begin(), patterns.end(), [type](const std::string &pattern) {
        if (pattern == "*" || pattern == type)
            return true;
        return pattern.ends_with(".*")
            && type.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
    });
}

/// Those that fit; a trigger that only other flows begin at is none.
template <typename Fits>
std::vector<EventTaker> triggers(const Engine &engine, const Fits &fits)
{
    std::vector<EventTaker> found;
    for (const auto &flow : engine.flows()) {
        for (const auto &node : flow->nodes()) {
            if (node.trigger && node.type->callPart != CallPart::Entry && fits(flow->id(), node))
                found.push_back({flow->id(), node.id});
        }
    }
    return found;
}

std::string listed(const std::vector<EventTaker> &takers)
{
    std::string text;
    for (const EventTaker &taker : takers)
        text += (text.empty() ? "" : ", ") + taker.flow + '/' + taker.trigger;
    return text;
}

Error ambiguous(const std::string &event, const std::vector<EventTaker> &takers)
{
    return rejectedError("runtime.ambiguous_event",
                         "Several triggers could take " + event + ": " + listed(takers)
                             + ". Name the flow with --flow, or the trigger with --step.");
}

} // namespace

Result<std::vector<EventTaker>> takersOf(const Engine &engine, std::string_view type,
                                         const EventTarget &target)
{
    const std::string event = "the event " + std::string(type);
    const auto all = triggers(engine, [](const std::string &, const auto &) { return true; });
    if (!target.trigger.empty()) {
        auto named = triggers(engine, [&target](const std::string &flow, const auto &node) {
            return node.id == target.trigger || flow + '/' + node.id == target.trigger;
        });
        if (named.empty())
            return rejectedError("runtime.no_trigger", "No flow that runs begins at \"" + target.trigger
                                                           + "\". There are: " + listed(all) + '.');
        return named.size() > 1 ? Result<std::vector<EventTaker>>(ambiguous(event, named)) : named;
    }
    auto asking = triggers(engine, [type](const std::string &, const auto &node) {
        return knowsTypes(node) && asksFor(node, type);
    });
    if (asking.size() > 1 && !target.flowsNamed)
        return ambiguous(event, asking);
    if (!asking.empty())
        return asking;
    auto open = triggers(engine, [](const std::string &, const auto &node) { return !knowsTypes(node); });
    if (target.flowsNamed && open.size() == 1)
        return open;
    if (target.flowsNamed && open.size() > 1)
        return ambiguous(event, open);
    return rejectedError("runtime.no_trigger",
                         "No trigger of the running flows asks for " + event.substr(4)
                             + (open.empty() ? std::string(".")
                                             : ". To hand it to " + listed(open)
                                                   + " all the same, name the flow with --flow or the "
                                                     "trigger with --step."));
}

void acceptAt(Engine &engine, const std::vector<EventTaker> &takers, const IncomingEvent &event,
              std::function<void(Result<Acceptance>)> done)
{
    struct Answers
    {
        std::size_t open;
        Result<Acceptance> all;
        std::function<void(Result<Acceptance>)> done;
    };
    auto answers = std::make_shared<Answers>(
        Answers{takers.size(), Acceptance::Repeat, std::move(done)});
    for (const EventTaker &taker : takers) {
        engine.accept(taker.flow, taker.trigger, event, [answers](const Result<Acceptance> &one) {
            if (answers->all && (!one || *one == Acceptance::First))
                answers->all = one;
            if (--answers->open == 0)
                answers->done(answers->all);
        });
    }
}

} // namespace tw
