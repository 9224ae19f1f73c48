// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/FlowDocument.h"

#include "core/flow/FileText.h"
#include "core/flow/FlowEditor.h"
#include "core/flow/FlowReader.h"

namespace tw {

FlowDocument::FlowDocument(std::string text, std::string file)
    : m_text(std::move(text)),
      m_file(std::move(file)),
      m_tree(std::make_unique<YamlNode>()),
      m_flow(std::make_unique<Flow>())
{
    reread();
}

Result<FlowDocument> FlowDocument::load(const std::string &file)
{
    auto text = readTextFile(file);
    if (!text)
        return std::move(text).error();
    return FlowDocument(std::move(*text), file);
}

FlowDocument FlowDocument::blank(const std::string &id, const std::string &name)
{
    return FlowDocument("schema: flow/1\nid: " + yamlScalar(id) + "\nname: " + yamlScalar(name) +
                        "\nversion: 0.1.0\n");
}

Result<AppliedEdit> FlowDocument::apply(const FlowEdit &edit)
{
    const bool typing = std::holds_alternative<edit::ReplaceText>(edit);
    if (!typing && !m_sound) {
        return configError("flow.text_broken", "The text of the flow has a mistake in line " +
                                                   std::to_string(m_problems.front().line) +
                                                   ". Correct it before changing the flow here.");
    }
    FlowEditor editor(*m_flow, *m_tree, m_text);
    auto applied = editor.apply(edit);
    if (!applied)
        return applied;
    if (!typing && !parseYaml(editor.text()).problems.empty()) {
        return internalError("flow.edit_broke_text",
                             "The change would break the text of the flow and was not made. Report "
                             "this with the flow file.");
    }
    m_text = editor.text();
    reread();
    return applied;
}

void FlowDocument::revert(const AppliedEdit &edit)
{
    for (auto change = edit.changes.rbegin(); change != edit.changes.rend(); ++change)
        change->inverse().applyTo(m_text);
    reread();
}

void FlowDocument::reapply(const AppliedEdit &edit)
{
    for (const TextChange &change : edit.changes)
        change.applyTo(m_text);
    reread();
}

Result<void> FlowDocument::save(const std::string &file)
{
    const std::string &to = file.empty() ? m_file : file;
    if (to.empty())
        return configError("flow.no_file", "The flow has no file yet. Choose where to save it.");
    auto done = writeTextFile(to, m_text);
    if (done)
        m_file = to;
    return done;
}

void FlowDocument::reread()
{
    YamlParse parsed = parseYaml(m_text);
    Findings findings(m_file);
    for (const YamlProblem &problem : parsed.problems)
        findings.problem(problem);
    m_sound = parsed.problems.empty();
    if (m_sound) {
        auto tree = std::make_unique<YamlNode>(std::move(parsed.root));
        auto flow = std::make_unique<Flow>(FlowReader(*tree, findings).read());
        m_flow = std::move(flow); // Before the tree that the old flow points into.
        m_tree = std::move(tree);
    }
    m_problems = std::move(findings.all());
}

} // namespace tw
