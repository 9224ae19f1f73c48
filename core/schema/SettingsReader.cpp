// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schema/Settings.h"

#include "core/base/Text.h"
#include "core/schema/ParamCheck.h"

#include <algorithm>

namespace tw {
namespace {

class Reader
{
public:
    Reader(const std::vector<Param> &params, const YamlNode *node, const std::string &file,
           const std::string &owner, std::vector<Diagnostic> &findings)
        : m_params(params), m_node(node), m_file(file), m_owner(owner), m_findings(findings)
    {}

    Settings read(const TextPosition &ownerAt)
    {
        ObjectBuilder values(m_document.arena());
        if (m_node && !m_node->isMap() && !m_node->isNull()) {
            report(m_node->at, "flow.wrong_type", "The settings of " + m_owner + " must be a map.",
                   "Write one setting per line: its name, a colon, its value.", {});
            m_node = nullptr;
        }
        for (const Param &param : m_params)
            readOne(param, ownerAt, values);
        reportUnknownKeys();
        m_document.setRoot(values.finish());
        return Settings(share(std::move(m_document)));
    }

private:
    const YamlNode *given(std::string_view id) const
    {
        const YamlNode *found = m_node ? m_node->find(id) : nullptr;
        return found && !found->isNull() ? found : nullptr;
    }

    void readOne(const Param &param, const TextPosition &ownerAt, ObjectBuilder &values)
    {
        ParamCheck check(m_document.arena(), param, m_file, m_findings);
        Value value;
        if (const YamlNode *node = given(param.id()))
            value =
                isEmpty(*node) && param.isRequired() ? missing(param, node->at) : check.read(*node);
        else if (param.defaultText())
            value = check.fallback();
        else if (param.isRequired() && isShown(param))
            value = missing(param, placeOf(param, ownerAt));
        if (!value.isUndefined())
            values.set(param.id(), value);
    }

    static bool isEmpty(const YamlNode &node)
    {
        return node.isScalar() ? node.scalar.empty() : node.items.empty() && node.entries.empty();
    }

    TextPosition placeOf(const Param &param, const TextPosition &ownerAt) const
    {
        const YamlNode::Entry *entry = m_node ? m_node->entry(param.id()) : nullptr;
        return entry ? entry->keyAt : ownerAt;
    }

    Value missing(const Param &param, const TextPosition &at)
    {
        const std::string example =
            param.exampleText().empty() ? std::string() : ", for example " + param.exampleText();
        report(at, "flow.missing_setting",
               m_owner + " needs the setting \"" + param.id() + "\" (" + param.title() + ").",
               "Add \"" + param.id() + "\"" + example + '.', param.id());
        return {};
    }

    bool isShown(const Param &param) const
    {
        if (param.shownWhenId().empty())
            return true;
        if (const YamlNode *node = given(param.shownWhenId()))
            return node->isScalar() && node->scalar == param.shownWhenValue();
        const auto deciding =
            std::find_if(m_params.begin(), m_params.end(),
                         [&](const Param &other) { return other.id() == param.shownWhenId(); });
        return deciding != m_params.end() && deciding->defaultText() == param.shownWhenValue();
    }

    void reportUnknownKeys()
    {
        if (!m_node)
            return;
        std::vector<std::string> known;
        for (const Param &param : m_params)
            known.push_back(param.id());
        for (const YamlNode::Entry &entry : m_node->entries) {
            if (std::find(known.begin(), known.end(), entry.key) != known.end())
                continue;
            const std::string nearest = nearestWord(entry.key, known);
            report(entry.keyAt, "flow.unknown_key",
                   m_owner + " has no setting \"" + entry.key + "\".",
                   nearest.empty() ? "Remove it." : "Did you mean \"" + nearest + "\"?", entry.key);
        }
    }

    void report(const TextPosition &at, std::string code, std::string message, std::string fix,
                std::string path)
    {
        if (!message.empty() && message.front() >= 'a' && message.front() <= 'z')
            message.front() = static_cast<char>(message.front() - 'a' + 'A');
        m_findings.push_back({Severity::Error,
                              std::move(code),
                              m_file,
                              at.line,
                              at.column,
                              std::move(message),
                              std::move(fix),
                              std::move(path),
                              {}});
    }

    const std::vector<Param> &m_params;
    const YamlNode *m_node;
    const std::string &m_file;
    const std::string &m_owner;
    std::vector<Diagnostic> &m_findings;
    Document m_document;
};

} // namespace

Settings readSettings(const std::vector<Param> &params, const YamlNode *node,
                      const std::string &file, const TextPosition &ownerAt,
                      const std::string &owner, std::vector<Diagnostic> &findings)
{
    return Reader(params, node, file, owner, findings).read(ownerAt);
}

} // namespace tw
