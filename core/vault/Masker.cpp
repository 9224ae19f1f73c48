// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vault/Masker.h"

#include "core/base/PersonalData.h"
#include "core/data/Json.h"

#include <algorithm>

namespace tw {
namespace {

std::vector<std::string> segments(const std::string &path)
{
    std::vector<std::string> names;
    std::size_t from = 0;
    for (;;) {
        const std::size_t dot = path.find('.', from);
        names.push_back(path.substr(from, dot - from));
        if (dot == std::string::npos)
            return names;
        from = dot + 1;
    }
}

std::string initial(std::string_view text)
{
    std::size_t end = text.empty() ? 0 : 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        ++end;
    return std::string(text.substr(0, end)) + "***";
}

std::string shown(PersonalTag tag, std::string_view text)
{
    switch (tag) {
    case PersonalTag::Email:
        return maskedEmail(text);
    case PersonalTag::Phone:
        return maskedPhone(text);
    case PersonalTag::Name:
        return initial(text);
    case PersonalTag::Address:
    case PersonalTag::Card:
    case PersonalTag::Other:
        break;
    }
    return "***";
}

/// The kind of object that tells what its `name` is: Stripe says "object", Salesforce
/// "attributes.type".
std::string_view kindOf(const Value &object, std::string_view heldAs)
{
    const Value stripe = object.get("object");
    if (stripe.isString())
        return stripe.text();
    const Value salesforce = object.get("attributes").get("type");
    return salesforce.isString() ? salesforce.text() : heldAs;
}

} // namespace

/// One document on its way; `path` holds the names of the objects above.
struct Masker::Walk
{
    const Masker &masker;
    Arena &arena;
    std::vector<std::string_view> path;

    Value text(std::string_view before, std::string after) const
    {
        return before == after ? Value::string(before) : Value::string(arena, after);
    }

    /// `tag`: all of it is personal. `isKept`: the project shows it, but for card numbers.
    Value visit(const Value &value, std::optional<PersonalTag> tag, bool isKept)
    {
        if (value.isObject())
            return visitObject(value, tag, isKept);
        if (value.isArray()) {
            ArrayBuilder items(arena);
            for (const Value &item : value.items())
                items.add(visit(item, tag, isKept));
            return items.finish();
        }
        if (value.isString()) {
            if (tag)
                return text(value.text(), value.size() == 0 ? "" : shown(*tag, value.text()));
            return text(value.text(), isKept ? withoutCards(value.text())
                                             : masker.m_redactor.redacted(value.text()));
        }
        if (value.isNumber())
            return tag ? Value::string("***") : visitNumber(value);
        if (value.isBool() &&
            tag == PersonalTag::Other) // email_verified says nothing about a person
            return Value::string("***");
        return value;
    }

    Value visitNumber(const Value &value) const
    {
        const std::string digits = toJson(value);
        const std::string clean = withoutCards(digits);
        return clean == digits ? value : Value::string(arena, clean);
    }

    Value visitObject(const Value &object, std::optional<PersonalTag> tag, bool isKept)
    {
        const std::string_view kind =
            kindOf(object, path.empty() ? std::string_view() : path.back());
        ObjectBuilder out(arena);
        for (const Member &member : object.members()) {
            const std::string_view name = member.key.text();
            path.push_back(name);
            const Rule *rule = masker.ruleFor(path);
            auto field = personalTag(kind, name);
            bool kept = isKept;
            if (rule) {
                kept = rule->keep;
                field = kept ? std::nullopt : std::optional(field.value_or(PersonalTag::Other));
            } else if (isKept || (tag == PersonalTag::Address && name == "country")) {
                field.reset();
            } else if (tag && !field) {
                field = tag;
            }
            const std::string key = withoutCards(name);
            const Value value = visit(member.value, field, kept);
            if (key == name)
                out.set(member.key, value);
            else
                out.set(key, value);
            path.pop_back();
        }
        return out.finish();
    }
};

Masker::Masker(const PrivacyRules &rules)
{
    for (const bool keep : {false, true}) {
        for (const std::string &entry : keep ? rules.keep : rules.mask) {
            Rule rule{segments(entry), keep};
            const std::string last = rule.path.back();
            m_rules.emplace(last, std::move(rule));
        }
    }
}

const Masker::Rule *Masker::ruleFor(const std::vector<std::string_view> &path) const
{
    if (m_rules.empty())
        return nullptr;
    const Rule *best = nullptr;
    const auto [begin, end] = m_rules.equal_range(std::string(path.back()));
    for (auto at = begin; at != end; ++at) {
        const Rule &rule = at->second;
        const bool fits = rule.path.size() <= path.size() &&
                          std::equal(rule.path.rbegin(), rule.path.rend(), path.rbegin());
        const bool isBetter = !best || rule.path.size() > best->path.size() ||
                              (rule.path.size() == best->path.size() && !rule.keep);
        if (fits && isBetter)
            best = &rule;
    }
    return best;
}

Value Masker::masked(Arena &arena, const Value &value) const
{
    return Walk{*this, arena, {}}.visit(value, std::nullopt, false);
}

std::string Masker::maskedJson(const Value &value) const
{
    Arena arena;
    return toJson(masked(arena, value));
}

std::string maskedJson(const Value &value, const PrivacyRules &rules)
{
    return Masker(rules).maskedJson(value);
}

} // namespace tw
