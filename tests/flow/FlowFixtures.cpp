// SPDX-License-Identifier: GPL-3.0-or-later
#include "FlowFixtures.h"

#include <algorithm>

namespace tw::test {
namespace {

NodeDescriptor node(NodeKind kind, std::string type, std::vector<Param> params)
{
    NodeDescriptor descriptor;
    descriptor.kind = kind;
    descriptor.type = std::move(type);
    descriptor.title = descriptor.type;
    descriptor.params = std::move(params);
    return descriptor;
}

std::vector<Exit> caseExits(const Settings &settings)
{
    std::vector<Exit> exits;
    for (const Member &member : settings.value("cases").members())
        exits.push_back({std::string(member.key.text()), {}});
    exits.push_back({"other", "Everything else"});
    return exits;
}

ConnectorDescriptor logic()
{
    ConnectorDescriptor connector;
    connector.id = "logic";
    connector.title = "Logic";
    NodeDescriptor filter =
        node(NodeKind::Logic, "filter", {expression("condition", "Keep when").required()});
    filter.exits = {{"pass", "Pass"}, {"skip", "Skip"}};
    filter.canFail = false;
    NodeDescriptor branch = node(NodeKind::Decide, "branch", {cases("cases", "Cases").required()});
    branch.dynamicExits = caseExits;
    NodeDescriptor map = node(NodeKind::Map, "map", {mapping("mapping", "Fields").required()});
    NodeDescriptor letter =
        node(NodeKind::Failure, "dead_letter",
             {duration("keep", "Keep for").fallback("90d").range(60, 31536000)});
    letter.terminal = true;
    letter.canFail = false;
    NodeDescriptor log = node(NodeKind::Utility, "log", {expression("message", "Text")});
    NodeDescriptor repeat = node(NodeKind::Logic, "repeat",
                                 {stepRef("step", "Step"), integer("times", "Times").range(1, 5)});
    repeat.check = [](const Settings &settings, std::vector<Diagnostic> &findings) {
        if (settings.integer("times") == 4)
            findings.push_back({Severity::Warning,
                                "logic.unlucky",
                                {},
                                0,
                                0,
                                "Four times is unlucky.",
                                "Take five.",
                                "times",
                                {}});
    };
    connector.nodes = {filter, branch, map, letter, log, repeat};
    return connector;
}

ConnectorDescriptor shop()
{
    ConnectorDescriptor connector;
    connector.id = "shop";
    connector.title = "Shop";
    connector.connection = {
        secret("api_key", "Key").required(), url("base_url", "Address"),
        text("api_version", "Version").matches("^[0-9]+\\.[0-9]$", "Like 62.0.")};
    connector.connect = [](Services, std::string, Settings) -> Result<std::shared_ptr<Connection>> {
        return internalError("test.unused", "Not used.");
    };
    NodeDescriptor hook =
        node(NodeKind::Trigger, "shop.webhook",
             {choiceList("events", "Events")
                  .required()
                  .oneOf({{"order.paid", "Paid", {}, {}}, {"order.failed", "Failed", {}, {}}}),
              duration("tolerance", "Oldest").fallback("5m")});
    hook.connection = "shop";
    NodeDescriptor upsert =
        node(NodeKind::Action, "shop.record.upsert",
             {fieldName("object", "Object").required(),
              fieldName("external_id", "External id").required(),
              choice("mode", "Mode").oneOf({{"one", {}, {}, {}}, {"bulk", {}, {}, {}}}),
              boolean("dry", "Dry run"), number("share", "Share").range(0, 1)});
    upsert.connection = "shop";
    upsert.effect = true;
    connector.nodes = {hook, upsert};
    return connector;
}

std::vector<std::string> linesOf(const std::string &text)
{
    std::vector<std::string> lines;
    std::size_t from = 0;
    while (from < text.size()) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        lines.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    return lines;
}

} // namespace

const Registry &registry()
{
    static const Registry kRegistry({logic(), shop()});
    return kRegistry;
}

std::string fullFlow()
{
    return R"(# What the first line says is nobody's business.
schema: flow/1
id: orders-to-payments
name: 'Orders to payments' # quoted though it need not be
version: "1.0.0"
description: Every paid order becomes a record.

connections: {web: shop, crm: shop}   # names only

steps:
  # It begins here.
  - id: orders
    type: shop.webhook
    name: Order events
    connection: web
    with:
      events: [order.paid, order.failed]   # both kinds
    to: skip_zero

  - id: skip_zero
    type: filter
    with: {condition: data.amount > 0}
    to: {pass: to_payment, skip: [count_skipped, archive]}
  - id: to_payment
    type: map
    name: "Order to \"Payment\""
    with:
      mapping:
        Id__c: data.id
        # the amount is in minor units
        Amount__c: data.amount / 100
        Status__c: >-
          data.paid ?
          "Completed" : "Pending"
        Note__c: 'data.note & '' ok'''
    to: upsert_payment
  - id: upsert_payment
    type: shop.record.upsert
    connection: crm
    with:
      object: Payment__c
      external_id: Id__c
    retry: {times: 5, first: 1s, factor: 2, longest: 15m, jitter: full}
    to: done
    on_error: sort_errors

  - id: done
    type: log
    with: {message: '"Done " & id'}
  - id: count_skipped
    type: log
    note: Only counts.
  - id: archive
    type: log
    disabled: true
  # Down is trouble.
  - id: sort_errors
    type: branch
    with:
      cases:
        duplicate: error.code = "dup"
        invalid: error.kind = "rejected"
    to:
      duplicate: likely_duplicates   # mostly harmless
      invalid: failed_payments
      other: failed_payments
  - id: likely_duplicates
    type: dead_letter
    with: {keep: 90d}
  - id: failed_payments
    type: dead_letter
notes:
  - id: how_amounts_work
    text: |-
      **How amounts work**
      In minor units.
groups:
  - {id: when_it_fails, title: When it fails, steps: [failed_payments, likely_duplicates, sort_errors]}
layout:
  count_skipped: {x: 744, y: 192}
  done: {x: 1240, y: 0}   # far right
  # the lanes of failure
  failed_payments: {x: 1320, y: 312}
  how_amounts_work: {x: 0, y: 184, w: 448, h: 96}
  likely_duplicates: {x: 1320, y: 184}
  orders: {x: 0, y: 0}
  skip_zero: {x: 248, y: 0}
  sort_errors: {x: 1048, y: 216}
  to_payment: {x: 496, y: 0}
  upsert_payment: {x: 744, y: 0}
)";
}

std::string terseFlow()
{
    return R"(schema: flow/1
id: terse
connections: {web: shop}
steps:
- {id: orders, type: shop.webhook, connection: web, with: {events: [order.paid]}, to: keep}
- {id: keep, type: filter, with: {condition: '$contains(data.a, b)'}, to: {pass: done}}
- id: done
  type: log
layout: {orders: {x: 0, y: 0}, keep: {x: 248, y: 0}}
)";
}

std::string longFlow(int steps)
{
    std::string text = "schema: flow/1\nid: long\nname: Long\nconnections: {web: shop}\nsteps:\n"
                       "  - id: s_0000\n    type: shop.webhook\n    connection: web\n"
                       "    with: {events: [order.paid]}\n    to: s_0001\n";
    std::string layout = "layout:\n";
    for (int i = 0; i < steps; ++i) {
        const auto name = [](int number) {
            std::string digits = std::to_string(number);
            return "s_" + std::string(4 - digits.size(), '0') + digits;
        };
        if (i > 0) {
            text += "  - id: " + name(i) +
                    "\n    type: map\n    with:\n      mapping:\n" +
                    (i == 1 ? "        A__c: data.a\n        B__c: data.b\n"
                            : "        A__c: A__c\n        B__c: B__c\n");
            if (i + 1 < steps)
                text += "    to: " + name(i + 1) + '\n';
        }
        layout += "  " + name(i) + ": {x: " + std::to_string(i * 248) + ", y: 0}\n";
    }
    return text + layout;
}

std::string withCrlf(std::string text)
{
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2)
        text.insert(at, 1, '\r');
    return text;
}

DocumentPtr json(const std::string &text)
{
    auto parsed = parseJson(text);
    return share(parsed ? std::move(*parsed) : Document());
}

std::vector<std::string> differingLines(const std::string &before, const std::string &after)
{
    const auto old = linesOf(before);
    const auto now = linesOf(after);
    std::vector<std::vector<int>> common(old.size() + 1, std::vector<int>(now.size() + 1, 0));
    for (std::size_t i = old.size(); i-- > 0;) {
        for (std::size_t j = now.size(); j-- > 0;)
            common[i][j] = old[i] == now[j] ? common[i + 1][j + 1] + 1
                                            : std::max(common[i + 1][j], common[i][j + 1]);
    }
    std::vector<std::string> lines;
    std::size_t i = 0, j = 0;
    while (i < old.size() || j < now.size()) {
        if (i < old.size() && j < now.size() && old[i] == now[j]) {
            ++i, ++j;
        } else if (j == now.size() || (i < old.size() && common[i + 1][j] >= common[i][j + 1])) {
            lines.push_back('-' + old[i++]);
        } else {
            lines.push_back('+' + now[j++]);
        }
    }
    return lines;
}

std::vector<std::string> brief(const std::vector<Diagnostic> &findings)
{
    std::vector<std::string> lines;
    for (const Diagnostic &finding : findings)
        lines.push_back(finding.code + ' ' + std::to_string(finding.line) + ':' +
                        std::to_string(finding.column));
    return lines;
}

std::string told(const std::vector<Diagnostic> &findings)
{
    std::string text;
    for (const Diagnostic &finding : findings)
        text += toText(finding) + '\n';
    return text;
}

} // namespace tw::test
