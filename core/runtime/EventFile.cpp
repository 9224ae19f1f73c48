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

bool asksFor(const DeployedFlow::Node &trigger, std::string_view type)
{
    if (trigger.type->callPart == CallPart::Entry)
        return false; // Only other flows begin there.
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

bool acceptEverywhere(Engine &engine, const IncomingEvent &event,
                      std::function<void(Result<Acceptance>)> done)
{
    struct Answers
    {
        std::size_t open;
        Result<Acceptance> all;
        std::function<void(Result<Acceptance>)> done;
    };
    std::vector<std::pair<std::string, std::string>> takers; // flow, trigger
    for (const auto &flow : engine.flows()) {
        for (const auto &node : flow->nodes()) {
            if (node.trigger && asksFor(node, event.type))
                takers.emplace_back(flow->id(), node.id);
        }
    }
    auto answers = std::make_shared<Answers>(
        Answers{takers.size(), Acceptance::Repeat, std::move(done)});
    for (const auto &[flow, trigger] : takers) {
        engine.accept(flow, trigger, event, [answers](const Result<Acceptance> &one) {
            if (answers->all && (!one || *one == Acceptance::First))
                answers->all = one;
            if (--answers->open == 0)
                answers->done(answers->all);
        });
    }
    return !takers.empty();
}

} // namespace tw
