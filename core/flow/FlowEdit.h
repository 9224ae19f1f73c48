// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Yaml.h"
#include "core/flow/Flow.h"

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace tw {

/// Edits of a flow as values: the desktop, the tests and later the assistant speak the same ones.
namespace edit {

struct AddStep
{
    std::string id; ///< Empty: made from the name or type, unique.
    std::string type;
    std::string name;
    std::string connection;
    DocumentPtr with; ///< May be null.
    CardPosition at;
    std::string afterStep; ///< Place in the file; empty = at the end.
};
struct RemoveSteps
{
    std::vector<std::string> ids;
    bool join = false; ///< Neighbours of a removed step are wired to each other.
};
struct SetSetting
{
    std::string step;
    YamlPath path;     ///< Below `with`: {"object"}, {"mapping", "Amount__c"}.
    DocumentPtr value; ///< Root undefined: remove the key.
};
struct SetStepField
{
    std::string step;
    std::string field; ///< "name", "connection", "disabled", "note".
    DocumentPtr value; ///< Root undefined: remove the key.
};
struct SetRetry
{
    std::string step;
    std::optional<RetryPolicy> retry;
};
struct RenameStep
{
    std::string id;
    std::string newId; ///< All references follow.
};
struct Connect
{
    std::string from;
    std::string exit; ///< "out", "pass", …, "error".
    std::string to;
};
struct Disconnect
{
    std::string from;
    std::string exit;
    std::string to;
};
/// Puts a step on a wire: from -> step -> to.
struct InsertOnWire
{
    AddStep step;
    std::string from;
    std::string exit;
    std::string to;
    std::string through = "out"; ///< The exit of the new step that leads on.
};
struct MoveCards
{
    std::map<std::string, CardPosition> positions; ///< Steps, notes and groups by id.
};
struct SetNote
{
    FlowNote note; ///< An empty text removes the note.
    CardPosition at;
};
struct SetGroup
{
    FlowGroup group; ///< No steps: removes the group.
};
struct SetFlowField
{
    std::string field; ///< "name", "version", "description".
    std::string value;
};
struct SetConnection
{
    std::string name;
    std::string type; ///< Empty: removes it.
};
/// Typing in the YAML view.
struct ReplaceText
{
    std::size_t offset = 0;
    std::size_t length = 0;
    std::string text;
};

} // namespace edit

using FlowEdit =
    std::variant<edit::AddStep, edit::RemoveSteps, edit::SetSetting, edit::SetStepField,
                 edit::SetRetry, edit::RenameStep, edit::Connect, edit::Disconnect,
                 edit::InsertOnWire, edit::MoveCards, edit::SetNote, edit::SetGroup,
                 edit::SetFlowField, edit::SetConnection, edit::ReplaceText>;

/// What an edit did to the text, in order: enough to take it back byte for byte.
struct AppliedEdit
{
    std::string title; ///< "Move 2 steps": for the undo menu.
    std::vector<TextChange> changes;
    std::vector<std::string> steps; ///< Touched or added, for selection.
};

} // namespace tw
