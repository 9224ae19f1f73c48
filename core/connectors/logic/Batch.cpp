// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/logic/Batch.h"

#include "core/connector/StepExpression.h"
#include "core/connectors/logic/StepWords.h"
#include "core/data/Json.h"

#include <algorithm>
#include <map>

namespace tw::logic {
namespace {

/// Lists are made when all that can come has come: then they are the same whatever the order in
/// which answers arrive, and after a restart.
class BatchStep final : public Step
{
public:
    BatchStep(std::size_t size, std::optional<Expression> by, std::size_t mostBytes)
        : m_size(size), m_by(std::move(by)), m_mostBytes(mostBytes)
    {}

    void process(const StepCall &call, StepReply reply) override
    {
        if (!m_by)
            return reply.hold({});
        Arena arena;
        const auto key = evaluate(*m_by, arena, call);
        if (!key)
            return reply.fail(key.error());
        reply.hold(plainText(*key));
    }

    void release(const std::vector<HeldItem> &held, StepReply reply) override
    {
        std::vector<std::vector<std::size_t>> lists;
        std::map<std::string, std::pair<std::size_t, std::size_t>> open; // Key -> list and its bytes.
        for (std::size_t item = 0; item < held.size(); ++item) {
            const std::size_t bytes = m_mostBytes > 0 ? sizeOf(held[item]) : 0;
            const auto known = open.find(held[item].key);
            const bool fits = known != open.end() && lists[known->second.first].size() < m_size
                && (m_mostBytes == 0 || known->second.second + bytes <= m_mostBytes);
            if (!fits) {
                open[held[item].key] = {lists.size(), bytes};
                lists.push_back({item});
                continue;
            }
            lists[known->second.first].push_back(item);
            known->second.second += bytes;
        }
        std::vector<StepAnswer::Output> outputs;
        for (std::vector<std::size_t> &list : lists)
            outputs.push_back({"out", messageOf(held, list), std::move(list)});
        const std::size_t count = outputs.size();
        reply.emit(std::move(outputs), std::to_string(held.size()) + " in "
                                           + std::to_string(count) + (count == 1 ? " list" : " lists"));
    }

private:
    static std::size_t sizeOf(const HeldItem &held)
    {
        std::string json;
        appendJson(json, held.call.input->root());
        return json.size() + 1;
    }

    static DocumentPtr messageOf(const std::vector<HeldItem> &held,
                                 const std::vector<std::size_t> &list)
    {
        Document message;
        ArrayBuilder items(message.arena());
        for (const std::size_t item : list)
            items.add(copyInto(message.arena(), held[item].call.input->root()));
        message.setRoot(items.finish());
        return share(std::move(message));
    }

    std::size_t m_size;
    std::optional<Expression> m_by;
    std::size_t m_mostBytes;
};

Result<std::unique_ptr<Step>> create(NodeContext context)
{
    const Settings &settings = context.settings;
    std::optional<Expression> by;
    if (const std::string text = settings.text("by"); !text.empty()) {
        auto compiled = compileSetting(text, "by");
        if (!compiled)
            return std::move(compiled).error();
        by = std::move(*compiled);
    }
    return std::unique_ptr<Step>(std::make_unique<BatchStep>(
        static_cast<std::size_t>(settings.integer("size")), std::move(by),
        settings.has("max_bytes") ? static_cast<std::size_t>(settings.integer("max_bytes")) : 0));
}

std::string summary(const Settings &settings)
{
    const std::string by = settings.text("by");
    return shortened(std::to_string(settings.integer("size")) + " in a list"
                     + (by.empty() ? "" : ", by " + conditionWords(by)));
}

} // namespace

NodeDescriptor batch()
{
    NodeDescriptor node;
    node.kind = NodeKind::Logic;
    node.type = "batch";
    node.title = "Batch";
    node.label = "Batch";
    node.group = "Shape data";
    node.icon = "collection";
    node.help = "Collects the records of a run, most often the elements of a loop, and sends them "
                "on as lists of a given size. The lists leave when nothing more can come, in the "
                "order of the elements.";
    node.params = {
        integer("size", "Size")
            .help("Records in one list; the last list of each kind may be shorter.")
            .range(1, 10'000)
            .fallback("200"),
        expression("by", "By")
            .help("Records for which this gives the same share lists.")
            .example("currency"),
        integer("max_bytes", "At most bytes")
            .help("A list is closed before its records are larger than this together.")
            .range(1, 100'000'000)
            .advanced(),
        stepRef("across", "Across loop")
            .help("The loop whose elements it brings together. Left empty: all of the run.")
            .advanced(),
    };
    node.collects = Collects::PerRun;
    node.outputShape = [](const Settings &, const Shape *input) {
        Shape list;
        list.type = Shape::Type::List;
        list.item = {input ? *input : Shape()};
        return list;
    };
    node.summary = summary;
    node.createStep = create;
    return node;
}

} // namespace tw::logic
