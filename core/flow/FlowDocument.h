// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Registry.h"
#include "core/flow/Flow.h"
#include "core/flow/FlowEdit.h"

#include <map>
#include <memory>
#include <string>

namespace tw {

/// One flow file: its text, and what the text means. The text is the truth; saving writes it as it
/// is. Every change is a FlowEdit, applied as text changes of the touched block, and gives back its
/// exact inverse. Not thread-safe; lives with its owner (the desktop's document, a command).
class FlowDocument
{
public:
    explicit FlowDocument(std::string text = {}, std::string file = {});
    static Result<FlowDocument> load(const std::string &file);
    /// A new flow with this id and name, in canonical form.
    static FlowDocument blank(const std::string &id, const std::string &name);

    const std::string &text() const { return m_text; }
    const std::string &file() const { return m_file; }
    const Flow &flow() const { return *m_flow; }
    const YamlNode &tree() const { return *m_tree; } ///< What flow() points into.
    /// Problems of the YAML text itself and of the flow's form; empty when sound. While there are
    /// YAML problems, flow() is that of the last sound text.
    const std::vector<Diagnostic> &formProblems() const { return m_problems; }
    bool isSound() const { return m_sound; } ///< The present text parses.

    /// Applies one edit. Errors (Config) leave the document unchanged.
    Result<AppliedEdit> apply(const FlowEdit &edit);
    /// Takes an edit back, or does it again: exact in bytes.
    void revert(const AppliedEdit &edit);
    void reapply(const AppliedEdit &edit);

    /// Writes the text to `file` (or the own file): to a temporary beside it, fsync, rename.
    Result<void> save(const std::string &file = {});

private:
    void reread();
    std::string m_text;
    std::string m_file;
    std::unique_ptr<YamlNode> m_tree;
    std::unique_ptr<Flow> m_flow;
    std::vector<Diagnostic> m_problems;
    bool m_sound = false;
};

/// What a check is to look at besides the flow itself.
struct FlowCheckOptions
{
    bool portable = false; ///< Report what other JSONata engines do not know.
    /// By step: what a mapping is to fill, instead of what the steps behind it take.
    std::map<std::string, Shape> targets = {};
    /// By id: what `call_flow` can name; null: calls are not looked at.
    const std::map<std::string, const FlowDocument *, std::less<>> *flows = nullptr;
};

/// All findings of a flow: its form, then unknown types and keys (with a suggestion), dangling
/// wires, cycles, missing settings, two steps with one id, unreachable steps, secrets in the text,
/// expression errors, and what expressions do with fields, units and types (`map.…`, warnings).
std::vector<Diagnostic> validateFlow(const FlowDocument &document, const Registry &registry,
                                     const FlowCheckOptions &options = {});

} // namespace tw
