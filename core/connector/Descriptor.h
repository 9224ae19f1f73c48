// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Connection.h"
#include "core/connector/Step.h"
#include "core/connector/Trigger.h"
#include "core/schema/Param.h"
#include "core/schema/Shape.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tw {

namespace sandbox {
class Double;
struct DoubleOptions;
}

/// What a step is for. Decides its colour and its group in the palette.
enum class NodeKind { Trigger, Logic, Map, Action, Failure, Decide, Utility };

std::string_view toString(NodeKind kind);

/// Where messages leave a step. The failure exit is not listed: `canFail` says that there is one.
struct Exit
{
    std::string id;
    std::string title;
};

/// Everything that creates one step of a deployed flow.
struct NodeContext
{
    Services services;
    std::string flow;
    std::string step;
    Settings settings;
    std::shared_ptr<Connection> connection; ///< Null when the node type needs none. Shared by its users.
};

/// What it means to send an effect once more without knowing what became of it.
enum class Repeat {
    SafeByKey,   ///< The other side recognises our idempotency key.
    SafeByState, ///< The same state again: harmless unless a late attempt overwrites newer data.
    Unsafe,      ///< It may happen twice.
};

/// Whether a step holds items, and which of them belong together: what came of one element of the
/// loops around it, or all of the run. A StepRef setting `across` names a loop whose elements it
/// brings together.
enum class Collects { Nothing, PerElement, PerRun };

/// Steps that make one flow a part of another: Call has a setting `flow`; Entry is a trigger which
/// becomes a step in a flow that calls it; what reaches Return leaves by the exits of the call.
enum class CallPart { None, Call, Entry, Return };

/// What comes by one wire; `shape` is null when unknown.
struct ArrivingShape
{
    std::string step;
    const Shape *shape = nullptr;
};

struct NodeSample
{
    std::string id; ///< "charge.succeeded".
    std::string title;
    std::function<DocumentPtr()> make;
};

/// One declared node type: palette entry, form, check, schema, help page and factory in one place.
struct NodeDescriptor
{
    NodeKind kind = NodeKind::Action;
    std::string type;       ///< "salesforce.record.upsert". Public promise: never renamed.
    std::string title;      ///< Palette: "Salesforce upsert".
    std::string label;      ///< Capitals on the card: "Salesforce".
    std::string group;      ///< Palette group: "Triggers", "Shape data", "Decide", "Act", "When it fails".
    std::string icon;       ///< Name of a Bootstrap icon.
    std::string help;       ///< What it does, when to use it; two or three sentences.
    std::string connection; ///< Connection type it needs ("salesforce"), or empty.
    std::vector<Param> params;
    std::vector<Exit> exits = {{"out", "Next"}};
    /// Exits that follow from the settings (branch); used instead of `exits` when set.
    std::function<std::vector<Exit>(const Settings &)> dynamicExits;
    bool canFail = true;
    bool effect = false;    ///< Changes something outside: journaled before and after.
    Repeat repeat = Repeat::Unsafe; ///< Of an effect.
    std::function<Repeat(const Settings &)> repeatWith; ///< Used instead of `repeat` when set.
    bool parks = false;     ///< May ask a person: its question and the answer are journaled.
    bool terminal = false;  ///< Has no exits (dead letter).
    /// How long the other side surely recognises a repeat by our key (SafeByKey).
    std::chrono::hours keyLifetime{23};
    Collects collects = Collects::Nothing; ///< Holds items (StepReply::hold).
    CallPart callPart = CallPart::None;
    bool loops = false; ///< Sends elements by its first exit, then finishes by its second one.
    /// One plain line for the card: "event ID, 30 days".
    std::function<std::string(const Settings &)> summary;
    /// Further checks that only the node type knows; appends findings without file and line.
    std::function<void(const Settings &, std::vector<Diagnostic> &)> check;
    Shape input;
    /// What the step takes with these settings; Any: unknown. Used instead of `input` when set.
    std::function<Shape(const Settings &)> inputShape;
    Shape output;
    /// What leaves with these settings and this input (null: unknown); used instead of `output` when
    /// set. A type with neither passes on what it gets.
    std::function<Shape(const Settings &, const Shape *input)> outputShape;
    /// The same where exits differ, or where it matters which step a message came from.
    std::function<Shape(const Settings &, const std::string &exit, const Shape *input)> exitShape;
    std::function<Shape(const Settings &, const std::vector<ArrivingShape> &)> joinedShape;
    std::vector<NodeSample> samples;
    std::vector<std::string> errorCodes;
    /// What the connection must be allowed to do for a step with these settings.
    std::function<std::vector<Right>(const Settings &)> rights;
    std::function<Result<std::unique_ptr<Trigger>>(NodeContext)> createTrigger;
    std::function<Result<std::unique_ptr<Step>>(NodeContext)> createStep;
};

struct ConnectorDescriptor;

/// What a project may know better about the other side than this program: a file in its folder.
struct ProjectFacts
{
    std::string file; ///< "schemas/stripe-catalogue.json", below the project's folder.
    /// The connector as these facts make it. Error Config, at line and column of the text where
    /// they are known ("3:14").
    std::function<Result<ConnectorDescriptor>(const std::string &text)> apply;
};

/// A connector: one declaration per folder under core/connectors.
struct ConnectorDescriptor
{
    std::string id;    ///< "stripe".
    std::string title; ///< "Stripe".
    std::string icon;
    std::string help;
    std::vector<Param> connection; ///< Settings of a connection; empty when it has none.
    std::vector<NodeDescriptor> nodes;
    std::function<Result<std::shared_ptr<Connection>>(Services, std::string name, Settings)> connect;
    /// Whether these settings are for an environment of this kind ("local", "sandbox", "qa",
    /// "production"): a live account is not tried out, a test account runs no business. Not asked
    /// where a double stands in.
    std::function<Result<void>(const Settings &, const std::string &environmentKind)> fits;
    ProjectFacts facts; ///< Without `apply`: a project brings none.
    /// Starts the double of the other system; null when there is none.
    std::function<Result<std::unique_ptr<sandbox::Double>>(const sandbox::DoubleOptions &)> startDouble;
};

} // namespace tw
