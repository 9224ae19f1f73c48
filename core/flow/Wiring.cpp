// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/Wiring.h"

#include "core/flow/FlowText.h"

#include <algorithm>

namespace tw {

Wiring::Wiring(const Flow &flow)
{
    for (const FlowStep &step : flow.steps)
        m_exits.emplace(step.id, exitsOf(step));
}

Wiring::Exits Wiring::exitsOf(const FlowStep &step)
{
    Exits exits;
    for (const Wire &wire : step.wires) {
        auto known = std::find_if(exits.begin(), exits.end(),
                                  [&](const auto &exit) { return exit.first == wire.exit; });
        if (known == exits.end())
            exits.push_back({wire.exit, {wire.to}});
        else
            known->second.push_back(wire.to);
    }
    return exits;
}

const Wiring::Exits &Wiring::of(const std::string &step) const
{
    static const Exits kNone;
    const auto found = m_exits.find(step);
    return found == m_exits.end() ? kNone : found->second;
}

bool Wiring::has(const std::string &from, const std::string &exit, const std::string &to) const
{
    for (const auto &[name, targets] : of(from)) {
        if (name == exit && std::find(targets.begin(), targets.end(), to) != targets.end())
            return true;
    }
    return false;
}

Wiring::Targets *Wiring::find(const std::string &from, const std::string &exit)
{
    for (auto &[name, targets] : m_exits[from]) {
        if (name == exit)
            return &targets;
    }
    return nullptr;
}

void Wiring::connect(const std::string &from, const std::string &exit, const std::string &to)
{
    if (has(from, exit, to))
        return;
    if (Targets *targets = find(from, exit))
        targets->push_back(to);
    else
        m_exits[from].push_back({exit, {to}});
}

void Wiring::disconnect(const std::string &from, const std::string &exit, const std::string &to)
{
    redirect(from, exit, to, {});
}

void Wiring::redirect(const std::string &from, const std::string &exit, const std::string &to,
                      const Targets &instead)
{
    Targets *targets = find(from, exit);
    if (!targets)
        return;
    Targets changed;
    for (const std::string &target : *targets) {
        for (const std::string &next : target == to ? instead : Targets{target}) {
            if (std::find(changed.begin(), changed.end(), next) == changed.end())
                changed.push_back(next);
        }
    }
    *targets = std::move(changed);
    std::erase_if(m_exits[from], [](const auto &one) { return one.second.empty(); });
}

void Wiring::rename(const std::string &id, const std::string &newId)
{
    for (auto &[step, exits] : m_exits) {
        for (auto &[exit, targets] : exits)
            std::replace(targets.begin(), targets.end(), id, newId);
    }
}

void Wiring::remove(const std::string &id, bool join)
{
    Targets next;
    if (join) {
        for (const auto &[exit, targets] : of(id)) {
            if (exit == "error")
                continue;
            std::copy_if(targets.begin(), targets.end(), std::back_inserter(next),
                         [&](const std::string &target) { return target != id; });
        }
    }
    m_exits.erase(id);
    for (auto &[step, exits] : m_exits) {
        const Exits before = exits;
        for (const auto &[exit, targets] : before) {
            if (std::find(targets.begin(), targets.end(), id) == targets.end())
                continue;
            Targets others = next; // Joining must not wire a step to itself.
            std::erase(others, step);
            redirect(step, exit, id, others);
        }
    }
}

std::string targetsText(const Wiring::Targets &targets)
{
    return targets.size() == 1 ? flowScalar(targets.front()) : flowList(targets);
}

std::string wiresText(const Wiring::Exits &exits)
{
    std::string text;
    std::size_t count = 0;
    const Wiring::Targets *only = nullptr;
    for (const auto &[exit, targets] : exits) {
        if (exit == "error" || targets.empty())
            continue;
        text += (count ? ", " : "") + flowScalar(exit) + ": " + targetsText(targets);
        only = exit == "out" ? &targets : only;
        ++count;
    }
    if (count == 0)
        return {};
    return count == 1 && only ? targetsText(*only) : '{' + text + '}';
}

} // namespace tw
