// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Yaml.h"
#include "core/schema/Settings.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw {

/// What is different for some failures: those of a class (`rate_limit`, `lock`) or of one error code.
/// Naming a code has even a refusal of the record tried again.
struct RetryRule
{
    std::string failure;
    std::optional<int> times{};
    std::optional<std::chrono::milliseconds> first{};
    std::optional<double> factor{};
    std::optional<std::chrono::milliseconds> longest{};
};

inline constexpr std::string_view kRetryRateLimit = "rate_limit";
inline constexpr std::string_view kRetryLock = "lock";

/// How often and how patiently a failed step is tried again. Only Transient failures are, and those
/// that a rule names.
struct RetryPolicy
{
    enum class Jitter { None, Full };

    int times = 4; ///< Tries after the first.
    std::chrono::milliseconds first{1000};
    double factor = 2;
    std::chrono::milliseconds longest{15 * 60 * 1000};
    Jitter jitter = Jitter::Full;
    /// Calls and waits together; time that a connection held the record back does not count.
    std::chrono::milliseconds within{24 * 60 * 60 * 1000};
    std::vector<RetryRule> rules{}; ///< `for`, in the file's order.
};

/// What a step does when it is not known whether its effect took place.
enum class OnUnknown { Repeat, LookUp, Ask };

/// Effects of many events in one call. A call that is not full leaves when none is on its way and the
/// last one left `linger` ago, so that a lone event never waits.
struct BatchPolicy
{
    int size = 200;
    std::chrono::milliseconds linger{250};
};

/// In which order the events of a flow run: one after the other for each business object, unless the
/// flow says that order does not matter.
struct FlowOrder
{
    enum class AfterFailure { Pass, Hold };

    bool perKey = true;
    std::string by; ///< Expression over the event; empty: the object that the trigger names.
    TextPosition byAt;
    /// What a dead letter does to later events of its key: nothing, or they wait for a person.
    AfterFailure afterFailure = AfterFailure::Pass;
};

/// What a step does when a newer event of the same record was written already.
enum class OnStale { Skip, Write };

/// Who looks after what fails, and by when.
struct FlowFailures
{
    std::string owner; ///< Empty: the project's.
    std::chrono::milliseconds due{0};           ///< From the failure on; 0: no time is set.
    std::chrono::milliseconds escalateAfter{0}; ///< 0: never.
    std::string escalateTo;
};

/// A wire: from an exit of the step it belongs to, to another step. `exit` "error" is the failure
/// exit; a plain `to: next` means the exit "out".
struct Wire
{
    std::string exit;
    std::string to;
    TextPosition at;
};

struct FlowStep
{
    std::string id;
    std::string type;
    std::string name; ///< Shown on the card; empty: the type's title.
    std::string connection;
    bool disabled = false;
    std::string note;
    std::vector<Wire> wires; ///< From `to` and `on_error`, in the file's order.
    std::optional<RetryPolicy> retry;
    std::optional<OnUnknown> onUnknown; ///< None: as the type declares.
    std::optional<BatchPolicy> batch;
    std::optional<OnStale> stale; ///< None: as the type declares.
    const YamlNode *with = nullptr; ///< Into the document's tree; null when missing.
    const YamlNode *node = nullptr; ///< The whole block.
    std::size_t index = 0;          ///< Place in the file's list of steps.
    TextPosition at;

    std::vector<const Wire *> from(std::string_view exit) const;
};

struct CardPosition
{
    int x = 0;
    int y = 0;
    bool operator==(const CardPosition &) const = default;
};

struct FlowNote
{
    std::string id;
    std::string text; ///< Markdown.
    int width = 272;
    int height = 88;
    TextPosition at;
    std::size_t index = 0; ///< Place in the file's list of notes.
};

struct FlowGroup
{
    std::string id;
    std::string title;
    std::vector<std::string> steps;
    bool folded = false;
    TextPosition at;
    std::size_t index = 0; ///< Place in the file's list of groups.
};

/// What a flow file says, with places. A snapshot: made by FlowDocument, valid while that document
/// is unchanged (steps point into its tree).
struct Flow
{
    std::string schema;
    std::string id;
    std::string name;
    std::string version;
    std::string description;
    std::map<std::string, std::string> connections; ///< Name -> type.
    FlowOrder order;
    FlowFailures failures;
    std::vector<FlowStep> steps;
    std::vector<FlowNote> notes;
    std::vector<FlowGroup> groups;
    std::map<std::string, CardPosition> layout;

    const FlowStep *step(std::string_view id) const;
    const FlowNote *note(std::string_view id) const;
    const FlowGroup *group(std::string_view id) const;
};

/// Lower-case letters, digits and underscores, beginning with a letter, at most 64 characters.
bool isStepId(std::string_view text);
/// Like isStepId, with hyphens too: flows, projects, environments and connections.
bool isName(std::string_view text);

} // namespace tw
