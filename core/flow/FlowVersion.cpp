// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/FlowVersion.h"

#include "core/data/Json.h"
#include "core/flow/FlowDocument.h"

#include <QByteArray>
#include <QCryptographicHash>
#include <algorithm>

namespace tw {
namespace {

constexpr qsizetype kDigits = 12;

bool isDrawing(std::string_view key)
{
    return key == "layout" || key == "notes" || key == "groups" || key == "description";
}

} // namespace

std::string flowVersion(const FlowDocument &document)
{
    Arena arena;
    std::vector<std::pair<std::string, std::string>> parts;
    for (const YamlNode::Entry &entry : document.tree().entries) {
        if (isDrawing(entry.key))
            continue;
        std::string json;
        appendJson(json, entry.value.toValue(arena));
        parts.emplace_back(entry.key, std::move(json));
    }
    std::sort(parts.begin(), parts.end());
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const auto &[key, json] : parts) {
        const std::string line = key + ':' + json + '\n';
        hash.addData(QByteArrayView(line.data(), static_cast<qsizetype>(line.size())));
    }
    return document.flow().version + '+' + hash.result().toHex().left(kDigits).toStdString();
}

} // namespace tw
