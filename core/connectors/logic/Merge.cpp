// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/logic/Merge.h"

#include "core/connector/StepExpression.h"
#include "core/connectors/logic/StepWords.h"

#include <algorithm>

namespace tw::logic {
namespace {

enum class Combine { Object, List, First };

class MergeStep final : public Step
{
public:
    MergeStep(Clock &clock, const Settings &settings)
        : m_clock(clock), m_waitsForAny(settings.text("wait_for") == "any"),
          m_bringsMany(settings.has("across"))
    {
        const std::string combine = settings.text("combine");
        m_combine = combine == "list" ? Combine::List
            : combine == "first"      ? Combine::First
                                      : Combine::Object;
        if (settings.has("timeout"))
            m_timeout = settings.duration("timeout");
    }

    void process(const StepCall &, StepReply reply) override
    {
        if (m_timeout && !m_waitsForAny)
            return reply.hold({}, m_clock.now() + *m_timeout);
        reply.hold({}, {}, m_waitsForAny);
    }

    void release(const std::vector<HeldItem> &held, StepReply reply) override
    {
        const std::string note = std::to_string(held.size())
            + (held.size() == 1 ? " message" : " messages");
        if (m_combine == Combine::First)
            return reply.emit("out", held.front().call.input, note);
        Document message;
        Arena &arena = message.arena();
        message.setRoot(m_combine == Combine::List ? listOf(arena, held) : objectOf(arena, held));
        reply.emit("out", share(std::move(message)), note);
    }

private:
    static Value listOf(Arena &arena, const std::vector<HeldItem> &held, std::string_view from = {})
    {
        ArrayBuilder list(arena);
        for (const HeldItem &item : held) {
            if (from.empty() || item.from == from)
                list.add(copyInto(arena, item.call.input->root()));
        }
        return list.finish();
    }

    /// One member for each step that something came from; a list where several may come.
    Value objectOf(Arena &arena, const std::vector<HeldItem> &held) const
    {
        std::vector<std::string> steps;
        for (const HeldItem &item : held) {
            if (std::find(steps.begin(), steps.end(), item.from) == steps.end())
                steps.push_back(item.from);
        }
        ObjectBuilder object(arena);
        for (const std::string &step : steps) {
            const Value list = listOf(arena, held, step);
            object.set(step, m_bringsMany || list.size() > 1 ? list : list.at(0));
        }
        return object.finish();
    }

    Clock &m_clock;
    Combine m_combine = Combine::Object;
    bool m_waitsForAny;
    bool m_bringsMany;
    std::optional<std::chrono::milliseconds> m_timeout;
};

std::string summary(const Settings &settings)
{
    std::string line = settings.text("wait_for") == "any" ? "the first one" : "all that come";
    if (settings.text("combine") != "first")
        line += ", as " + settings.text("combine");
    if (settings.has("timeout"))
        line += ", at most " + spanWords(settings.duration("timeout"));
    return shortened(line);
}

Shape listOf(Shape item)
{
    Shape list;
    list.type = Shape::Type::List;
    list.item = {std::move(item)};
    return list;
}

Shape joinedShape(const Settings &settings, const std::vector<ArrivingShape> &arriving)
{
    const auto shapeOf = [](const ArrivingShape &one) { return one.shape ? *one.shape : Shape(); };
    if (settings.text("combine") != "object") {
        Shape all = arriving.empty() ? Shape() : shapeOf(arriving.front());
        for (const ArrivingShape &one : arriving)
            all = joined(all, shapeOf(one));
        return settings.text("combine") == "list" ? listOf(std::move(all)) : all;
    }
    Shape object;
    object.type = Shape::Type::Group;
    for (const ArrivingShape &one : arriving) {
        const Shape shape = settings.has("across") ? listOf(shapeOf(one)) : shapeOf(one);
        const bool isNew = !object.find(one.step);
        if (isNew)
            object.fields.push_back({one.step, shape, false, true});
    }
    return object;
}

} // namespace

NodeDescriptor merge()
{
    NodeDescriptor node;
    node.kind = NodeKind::Logic;
    node.type = "merge";
    node.title = "Merge";
    node.label = "Merge";
    node.group = "Shape data";
    node.icon = "sign-merge-right";
    node.help = "Waits for what comes by its wires and sends it on as one message. A wire by which "
                "nothing can come any more - filtered out, failed, another branch taken - is not "
                "waited for. In a loop, each element is merged by itself.";
    node.params = {
        choice("wait_for", "Wait for")
            .help("How many wires it waits for.")
            .oneOf({{"all", "All", "Everything that can still come.", ""},
                    {"any", "Any", "The first message goes on at once, later ones are dropped.", ""}})
            .fallback("all"),
        choice("combine", "Combine")
            .help("What the one message looks like.")
            .oneOf({{"object", "Object", "One member for each step that leads here.", ""},
                    {"list", "List", "All messages in a list.", ""},
                    {"first", "First", "The message of the first wire by which one came.", ""}})
            .fallback("object"),
        duration("timeout", "Timeout")
            .help("So long after the first message it goes on with what there is.")
            .example("1h"),
        stepRef("across", "Across loop")
            .help("The loop whose elements it brings together, instead of merging each by itself.")
            .advanced(),
    };
    node.collects = Collects::PerElement;
    node.joinedShape = joinedShape;
    node.summary = summary;
    node.createStep = [](NodeContext context) -> Result<std::unique_ptr<Step>> {
        return std::unique_ptr<Step>(
            std::make_unique<MergeStep>(context.services.clock, context.settings));
    };
    return node;
}

} // namespace tw::logic
