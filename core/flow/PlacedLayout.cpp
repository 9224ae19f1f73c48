// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/PlacedLayout.h"

#include <algorithm>
#include <deque>
#include <set>

namespace tw {
namespace {

constexpr int kColumn = 248;
constexpr int kRow = 120;
constexpr int kCardWidth = 198;
constexpr int kCardHeight = 100;

class Placer
{
public:
    Placer(const Flow &flow, const Registry &registry) : m_flow(flow), m_registry(registry)
    {
        for (std::size_t i = 0; i < flow.steps.size(); ++i)
            m_index.emplace(flow.steps[i].id, i);
        m_columns.resize(flow.steps.size(), 0);
        m_rows.resize(flow.steps.size(), -1);
    }

    std::map<std::string, CardPosition> place()
    {
        findColumns();
        findRows();
        auto places = m_flow.layout;
        std::erase_if(places, [this](const auto &one) {
            return !m_flow.step(one.first) && !m_flow.note(one.first);
        });
        for (std::size_t i = 0; i < m_flow.steps.size(); ++i) {
            const std::string &id = m_flow.steps[i].id;
            if (!places.contains(id))
                places[id] = freeNear({m_columns[i] * kColumn, m_rows[i] * kRow}, places);
        }
        for (const FlowNote &note : m_flow.notes) {
            if (!places.contains(note.id))
                places[note.id] = freeNear({0, (m_lastRow + 1) * kRow}, places);
        }
        return places;
    }

private:
    /// Longest way from a step that nothing leads to; steps in a circle come last, in file order.
    void findColumns()
    {
        std::vector<int> open(m_flow.steps.size(), 0);
        for (const FlowStep &step : m_flow.steps) {
            for (const Wire &wire : step.wires) {
                if (const auto target = m_index.find(wire.to); target != m_index.end())
                    ++open[target->second];
            }
        }
        std::deque<std::size_t> ready;
        for (std::size_t i = 0; i < open.size(); ++i) {
            if (open[i] == 0)
                ready.push_back(i);
        }
        while (!ready.empty()) {
            const std::size_t at = ready.front();
            ready.pop_front();
            for (const Wire &wire : m_flow.steps[at].wires) {
                const auto target = m_index.find(wire.to);
                if (target == m_index.end())
                    continue;
                int &column = m_columns[target->second];
                column = std::max(column, m_columns[at] + 1);
                if (--open[target->second] == 0)
                    ready.push_back(target->second);
            }
        }
    }

    void findRows()
    {
        for (const bool triggers : {true, false}) {
            for (std::size_t i = 0; i < m_flow.steps.size(); ++i) {
                const NodeDescriptor *node = m_registry.node(m_flow.steps[i].type);
                const bool isTrigger = node && node->kind == NodeKind::Trigger;
                const bool isStart = triggers ? isTrigger : m_columns[i] == 0;
                if (isStart && m_rows[i] < 0)
                    placeLane(i, m_lastRow + 1);
            }
        }
        while (!m_failures.empty()) {
            const std::size_t at = m_failures.front();
            m_failures.pop_front();
            if (m_rows[at] < 0)
                placeLane(at, m_lastRow + 1);
        }
        for (std::size_t i = 0; i < m_rows.size(); ++i) {
            if (m_rows[i] < 0)
                placeLane(i, m_lastRow + 1);
        }
    }

    /// A step and what follows it: the first exit goes straight on, each further one a row below.
    void placeLane(std::size_t start, int startRow)
    {
        std::vector<std::pair<std::size_t, int>> stack{{start, startRow}};
        while (!stack.empty()) {
            const auto [at, wanted] = stack.back();
            stack.pop_back();
            if (m_rows[at] >= 0)
                continue;
            int row = wanted;
            while (m_taken.contains({m_columns[at], row}))
                ++row;
            m_taken.insert({m_columns[at], row});
            m_rows[at] = row;
            m_lastRow = std::max(m_lastRow, row);
            std::vector<std::pair<std::size_t, int>> next;
            for (const Wire &wire : m_flow.steps[at].wires) {
                const auto target = m_index.find(wire.to);
                if (target == m_index.end())
                    continue;
                if (wire.exit == "error")
                    m_failures.push_back(target->second);
                else
                    next.push_back({target->second, row + static_cast<int>(next.size())});
            }
            stack.insert(stack.end(), next.rbegin(), next.rend());
        }
    }

    static CardPosition freeNear(CardPosition wanted,
                                 const std::map<std::string, CardPosition> &places)
    {
        const auto covers = [&](const auto &one) {
            return std::abs(one.second.x - wanted.x) < kCardWidth &&
                   std::abs(one.second.y - wanted.y) < kCardHeight;
        };
        for (std::size_t i = 0; i <= places.size(); ++i) {
            if (std::none_of(places.begin(), places.end(), covers))
                break;
            wanted.y += kRow;
        }
        return wanted;
    }

    const Flow &m_flow;
    const Registry &m_registry;
    std::map<std::string, std::size_t> m_index;
    std::vector<int> m_columns, m_rows;
    std::set<std::pair<int, int>> m_taken;
    std::deque<std::size_t> m_failures;
    int m_lastRow = -1;
};

} // namespace

std::map<std::string, CardPosition> placedLayout(const Flow &flow, const Registry &registry)
{
    return Placer(flow, registry).place();
}

} // namespace tw
