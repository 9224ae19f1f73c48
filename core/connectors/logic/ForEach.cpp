// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/logic/ForEach.h"

#include "core/analysis/Types.h"
#include "core/connector/StepExpression.h"
#include "core/connectors/logic/ListPath.h"
#include "core/connectors/logic/StepWords.h"

namespace tw::logic {
namespace {

class ForEachStep final : public Step
{
public:
    ForEachStep(std::optional<Expression> items, std::int64_t limit, int parallel)
        : m_items(std::move(items)), m_path(m_items ? ListPath::of(m_items->text()) : std::nullopt),
          m_limit(limit), m_parallel(parallel)
    {}

    void process(const StepCall &call, StepReply reply) override
    {
        Arena arena;
        Value items = call.input->root();
        if (m_items) {
            const auto value = evaluate(*m_items, arena, call);
            if (!value)
                return reply.fail(value.error());
            items = *value;
        }
        if (const auto why = whyNoList(items, call))
            return reply.fail(*why);
        // A list of one comes out of a path as its only element.
        const bool isNothing = items.isUndefined() || items.isNull();
        const std::span<const Value> elements = items.isArray() ? items.items()
            : isNothing                                         ? std::span<const Value>()
                                                                : std::span(&items, 1);
        if (static_cast<std::int64_t>(elements.size()) > m_limit)
            return reply.fail(rejectedError(
                "logic.too_many", "The list has " + std::to_string(elements.size())
                                      + " elements, more than the limit of "
                                      + std::to_string(m_limit) + "."));
        std::vector<StepAnswer::Output> outputs;
        outputs.reserve(elements.size());
        for (const Value &element : elements) {
            Document message;
            message.setRoot(copyInto(message.arena(), element));
            outputs.push_back({"each", share(std::move(message))});
        }
        reply.loop(std::move(outputs), m_parallel);
    }

    void finish(const StepCall &call, const LoopCounts &counts, StepReply reply) override
    {
        Document message;
        Arena &arena = message.arena();
        ObjectBuilder done(arena);
        done.set("count", Value::integer(counts.elements));
        done.set("ok", Value::integer(counts.ok));
        done.set("failed", Value::integer(counts.failed));
        done.set("dropped", Value::integer(counts.dropped));
        done.set("input", copyInto(arena, call.input->root()));
        message.setRoot(done.finish());
        reply.emit("done", share(std::move(message)), words(counts));
    }

private:
    /// Of a plain field the message itself says whether there is a list; an expression that selects
    /// may find nothing, or one thing.
    std::optional<Error> whyNoList(const Value &items, const StepCall &call) const
    {
        if (!m_items && !items.isArray())
            return rejectedError("logic.not_a_list", "The message is no list. Say in \"items\" which "
                                                     "of its fields holds the list.");
        if (items.isArray() || items.isNull() || items.isObject() || !m_path
            || m_path->meetsList(call.input->root(), environmentOf(call)))
            return std::nullopt;
        const std::string &text = m_items->text();
        if (items.isUndefined())
            return rejectedError("logic.not_a_list", "This record has no field \"" + text
                                     + "\", so there is no list to go through. Where it may be "
                                       "missing, write [" + text + "]: then there are no elements.");
        return rejectedError("logic.not_a_list", '"' + text + "\" is a " + kindOf(items)
                                 + " here, not a list. Name the field that holds the list.");
    }

    static std::string kindOf(const Value &value)
    {
        return value.isString() ? "text" : value.isBool() ? "yes or no" : "number";
    }

    static std::string words(const LoopCounts &counts)
    {
        std::string text = std::to_string(counts.elements)
            + (counts.elements == 1 ? " element" : " elements");
        if (counts.failed > 0)
            text += ", " + std::to_string(counts.failed) + " failed";
        if (counts.dropped > 0)
            text += ", " + std::to_string(counts.dropped) + " dropped";
        return text;
    }

    std::optional<Expression> m_items;
    std::optional<ListPath> m_path; ///< Of `items`, where it names a field.
    std::int64_t m_limit;
    int m_parallel;
};

Result<std::unique_ptr<Step>> create(NodeContext context)
{
    std::optional<Expression> items;
    if (const std::string text = context.settings.text("items"); !text.empty()) {
        auto compiled = compileSetting(text, "items");
        if (!compiled)
            return std::move(compiled).error();
        items = std::move(*compiled);
    }
    return std::unique_ptr<Step>(std::make_unique<ForEachStep>(
        std::move(items), context.settings.integer("limit"),
        static_cast<int>(context.settings.integer("parallel"))));
}

std::string summary(const Settings &settings)
{
    const std::string items = settings.text("items");
    const auto parallel = settings.integer("parallel");
    return shortened((items.empty() ? std::string("the list") : conditionWords(items))
                     + (parallel > 1 ? ", " + std::to_string(parallel) + " at a time" : ""));
}

Shape ofType(Shape::Type type)
{
    Shape shape;
    shape.type = type;
    return shape;
}

/// Any where it is not known.
Shape elementShape(const Settings &settings, const Shape *input)
{
    Shape list = input ? *input : Shape();
    if (const std::string text = settings.text("items"); !text.empty()) {
        const auto items = Expression::compile(text);
        if (!items || !input)
            return {};
        analysis::Surroundings around;
        around.input = *input;
        const analysis::Inferred type = analysis::typeOf(*items, around);
        if (!type.isKnown)
            return {};
        list = type.shape;
    }
    return list.type == Shape::Type::List && !list.item.empty() ? list.item.front() : list;
}

Shape exitShape(const Settings &settings, const std::string &exit, const Shape *input)
{
    if (exit == "each")
        return elementShape(settings, input);
    Shape done = ofType(Shape::Type::Group);
    for (const char *count : {"count", "ok", "failed", "dropped"})
        done.fields.push_back({count, ofType(Shape::Type::Integer), true, false});
    done.fields.push_back({"input", input ? *input : Shape(), true, false});
    return done;
}

} // namespace

NodeDescriptor forEach()
{
    NodeDescriptor node;
    node.kind = NodeKind::Logic;
    node.type = "for_each";
    node.title = "For each";
    node.label = "For each";
    node.group = "Shape data";
    node.icon = "arrow-repeat";
    node.help = "Sends each element of a list along Each, as a message of its own. When all that "
                "came of them has ended - written, dropped or put aside - one message leaves by "
                "Done, with counts. Expressions on the way know $index, $total, $parent and, in a "
                "loop in a loop, $outer.";
    node.params = {
        expression("items", "List")
            .help("Gives the list. Left empty: the message itself, which must be one. A field that is "
                  "not there or holds no list is an error; null has no elements.")
            .example("data.object.lines.data"),
        integer("parallel", "At a time")
            .help("How many elements are under way; 1: one after the other, in order.")
            .range(1, 1000)
            .fallback("1"),
        integer("limit", "Limit")
            .help("A longer list fails as a whole, before anything is sent.")
            .range(1, 100'000)
            .fallback("10000")
            .advanced(),
    };
    node.exits = {{"each", "Each"}, {"done", "Done"}};
    node.loops = true;
    node.exitShape = exitShape;
    node.summary = summary;
    node.errorCodes = {"logic.not_a_list", "logic.too_many"};
    node.createStep = create;
    return node;
}

} // namespace tw::logic
