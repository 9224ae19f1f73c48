// SPDX-License-Identifier: GPL-3.0-or-later
// `privacy:` of tidewire.yaml.
#include "core/flow/Findings.h"
#include "core/flow/Project.h"

#include <algorithm>

namespace tw {
namespace {

const std::vector<std::string> kKeys{"mask", "keep"};

/// Names of fields with dots between them.
bool isFieldPath(std::string_view path)
{
    const auto isNameByte = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
    };
    return !path.empty() && path.front() != '.' && path.back() != '.' &&
           path.find("..") == path.npos &&
           std::all_of(path.begin(), path.end(), [&](char c) { return c == '.' || isNameByte(c); });
}

void readList(const YamlNode::Entry &list, std::vector<std::string> &paths, Findings &findings)
{
    if (!list.value.isSequence()) {
        findings.error(list.value.isNull() ? list.keyAt : list.value.at, "flow.wrong_type",
                       inQuotes(list.key) + " must be a list of fields.",
                       "Write for example \"" + list.key + ": [Email, customer.name]\".");
        return;
    }
    for (const YamlNode &item : list.value.items) {
        if (item.isScalar() && isFieldPath(item.scalar))
            paths.push_back(item.scalar);
        else
            findings.error(item.at, "flow.bad_field_path",
                           (item.isScalar() ? inQuotes(item.scalar) : std::string("This")) +
                               " does not name a field.",
                           "Write a name such as Email, or the end of a path such as "
                           "customer.name; lists do not count.");
    }
}

} // namespace

void Project::readPrivacy(const YamlNode &node, Findings &findings)
{
    findings.enter("privacy");
    if (!node.isMap()) {
        findings.error(node.at, "flow.wrong_type", "\"privacy\" must be a map.",
                       "Write \"privacy: {mask: [SSN__c], keep: [shipping.city]}\".");
    }
    for (const YamlNode::Entry &entry : node.entries) {
        if (entry.key == "mask")
            readList(entry, m_privacy.mask, findings);
        else if (entry.key == "keep")
            readList(entry, m_privacy.keep, findings);
        else
            findings.unknownKey(entry, "The privacy of a project", kKeys);
    }
    const YamlNode *keep = node.find("keep");
    for (const YamlNode &item : keep ? keep->items : std::vector<YamlNode>()) {
        if (std::find(m_privacy.mask.begin(), m_privacy.mask.end(), item.scalar) !=
            m_privacy.mask.end())
            findings.error(item.at, "flow.privacy_conflict",
                           inQuotes(item.scalar) + " is to be masked and kept.",
                           "Remove it from one of the two lists.");
    }
    findings.enter({});
}

} // namespace tw
