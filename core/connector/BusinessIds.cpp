// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connector/BusinessIds.h"

#include <algorithm>
#include <cctype>

namespace tw {
namespace {

constexpr int kDepth = 3;
constexpr int kMost = 16;
constexpr std::size_t kItems = 4; // of a list

bool isAlnum(char letter)
{
    return std::isalnum(static_cast<unsigned char>(letter)) != 0;
}

/// "ch_3PxQ…": a short word, an underscore, then eight or more letters and digits.
bool isPrefixed(std::string_view text)
{
    const std::size_t bar = text.find('_');
    if (bar == std::string_view::npos || bar < 2 || bar > 8 || text.size() > 64)
        return false;
    const auto low = [](char letter) { return letter >= 'a' && letter <= 'z'; };
    const std::string_view tail = text.substr(bar + 1);
    const auto wordLetter = [](char letter) { return isAlnum(letter) || letter == '_'; };
    return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(bar), low)
        && tail.size() >= 8 && std::all_of(tail.begin(), tail.end(), wordLetter)
        && std::any_of(tail.begin(), tail.end(),
                       [](char letter) { return letter >= '0' && letter <= '9'; });
}

bool isIdKey(std::string_view key)
{
    return key == "id" || key == "Id" || key.ends_with("_id") || key.ends_with("Id")
        || key.ends_with("_Id__c");
}

/// "Stripe_Payment_Id__c": what fields and objects of an org are called, not what a record is.
bool isApiName(std::string_view text)
{
    const std::size_t end = text.rfind("__");
    if (end == std::string_view::npos || end == 0 || text.size() - end > 7)
        return false;
    return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(end) + 2, text.end(),
                       [](char letter) { return letter >= 'a' && letter <= 'z'; })
        && text.size() > end + 2;
}

class Collector
{
public:
    void look(std::string_view key, const Value &value, int depth)
    {
        if (value.isString()) {
            if (isPrefixed(value.text()) || isIdKey(key))
                add(value.text());
        } else if (depth > 0 && value.isObject()) {
            for (const Member &member : value.members())
                look(member.key.text(), member.value, depth - 1);
        } else if (depth > 0 && value.isArray()) {
            std::size_t seen = 0;
            for (const Value &item : value.items()) {
                if (++seen > kItems)
                    return;
                look(key, item, depth - 1);
            }
        }
    }
    std::string take() { return std::move(m_ids); }

private:
    void add(std::string_view id)
    {
        const bool sound = id.size() >= 3 && id.size() <= 64 && !isApiName(id)
            && std::none_of(id.begin(), id.end(), [](char letter) {
                   return static_cast<unsigned char>(letter) <= ' ' || letter == '@';
               });
        if (!sound || m_count >= kMost
            || m_ids.find(' ' + std::string(id) + ' ') != std::string::npos)
            return;
        ++m_count;
        if (m_ids.empty())
            m_ids = ' ';
        m_ids.append(id);
        m_ids += ' ';
    }

    std::string m_ids;
    int m_count = 0;
};

} // namespace

std::string businessIds(const Value &message)
{
    Collector collector;
    collector.look({}, message, kDepth);
    return collector.take();
}

} // namespace tw
