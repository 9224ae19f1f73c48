// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/flow/Flow.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tw {

/// The wires of a flow without their places, to be changed freely and then written where they
/// differ. Exits and targets keep their order. A plain value.
class Wiring
{
public:
    using Targets = std::vector<std::string>;
    using Exits = std::vector<std::pair<std::string, Targets>>;

    explicit Wiring(const Flow &flow);
    static Exits exitsOf(const FlowStep &step);

    const Exits &of(const std::string &step) const;
    bool has(const std::string &from, const std::string &exit, const std::string &to) const;
    void connect(const std::string &from, const std::string &exit, const std::string &to);
    void disconnect(const std::string &from, const std::string &exit, const std::string &to);
    /// The wire leads to `to` instead, at the same place among its neighbours.
    void redirect(const std::string &from, const std::string &exit, const std::string &to,
                  const Targets &instead);
    void rename(const std::string &id, const std::string &newId);
    /// Takes a step out; with `join` what led to it leads to what followed it.
    void remove(const std::string &id, bool join);

private:
    Targets *find(const std::string &from, const std::string &exit);
    std::map<std::string, Exits> m_exits;
};

/// "next", "[a, b]" or "{pass: a, skip: [b, c]}": the value of `to` without the failure exit;
/// empty when nothing leaves.
std::string wiresText(const Wiring::Exits &exits);
std::string targetsText(const Wiring::Targets &targets);

} // namespace tw
