// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/data/Value.h"

#include <cstdint>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tw {

/// One item that a step is asked to handle. Values may be kept after process() returned.
struct StepCall
{
    std::int64_t run = 0;       ///< Journal number of the run.
    std::string step;           ///< Id of the step in its flow.
    int item = 0;               ///< Index of the item within the step's work in this run.
    int attempt = 1;            ///< From 1; rises with each retry.
    std::string idempotencyKey; ///< Stable over retries, restarts and flow versions (see EffectKey.h).
    DocumentPtr input;          ///< Never null.
    DocumentPtr event;          ///< What the trigger accepted: `$event` in expressions.
    Instant runStarted;         ///< `$now()` of this run, so that a re-run gives the same.
    std::uint64_t seed = 0;     ///< `$random()` of this run.
    /// The run as received that this one replays, else the run itself: who claims business keys.
    std::int64_t origin = 0;
};

/// A question to a person (StepReply::park). The item waits, also over restarts, until somebody
/// answers or the time is over.
struct Question
{
    std::string text;
    DocumentPtr proposal;   ///< What goes on when a person agrees; null: the input.
    DocumentPtr candidates; ///< A list to choose from; null: none.
    std::string cause;      ///< A decision may be remembered for later questions with the same cause.
    std::string owner;
    std::chrono::milliseconds timeout{0}; ///< 0: waits for ever.
    std::string timeoutExit;
    std::chrono::milliseconds escalateAfter{0}; ///< 0: never.
    std::string escalateTo;
};

/// What a step answers: messages for exits, nothing, or a failure.
struct StepAnswer
{
    struct Output
    {
        std::string exit; ///< Id of a declared exit.
        DocumentPtr message;
    };
    enum class Kind {
        Emitted,
        Dropped,
        Failed,
        Parked,
        Alone, ///< Of a batch: ask again with this item alone.
    };

    Kind kind = Kind::Dropped;
    std::vector<Output> outputs; ///< Emitted.
    std::string note;            ///< One plain sentence for the run list: "repeat dropped", "record created".
    Error error;                 ///< Failed.
    std::optional<Question> question{}; ///< Parked.
};

/// The way to answer one call: move-only, to be used exactly once from the engine's thread, now or
/// later. Dropping it unanswered fails the item with an Internal error; answering after the run is
/// gone does nothing.
class StepReply
{
public:
    using Sink = std::function<void(StepAnswer)>;

    explicit StepReply(Sink sink) : m_sink(std::move(sink)) {}
    StepReply(StepReply &&other) noexcept : m_sink(std::exchange(other.m_sink, nullptr)) {}
    StepReply &operator=(StepReply &&) = delete;
    StepReply(const StepReply &) = delete;
    ~StepReply();

    void emit(std::string exit, DocumentPtr message, std::string note = {});
    void emit(std::vector<StepAnswer::Output> outputs, std::string note = {});
    void drop(std::string note);
    void fail(Error error);
    void park(Question question); ///< Only steps whose type `parks`.
    /// For processBatch(): the whole call was refused, maybe because of another item, and had no
    /// effect. The item is asked for again by itself, when its turn comes.
    void alone();

private:
    void answer(StepAnswer answer);
    Sink m_sink;
};

/// A step of a deployed flow. Lives on the engine's thread; one object serves all items.
class Step
{
public:
    virtual ~Step() = default;

    /// Called once per item and attempt; several calls may be open at a time. A pure step answers
    /// before it returns (or later, when it asks the engine's own services such as KeyMemory) and is
    /// called again after a restart; the answers of an effect (descriptor: `effect`) are journaled
    /// and never asked for twice once they are known.
    virtual void process(const StepCall &call, StepReply reply) = 0;

    /// Whether lookUp() can tell if an effect took place.
    virtual bool canLookUp() const { return false; }
    /// Asked instead of process() when it is not known what became of an earlier attempt
    /// (`on_unknown: look_up`): emit what process() would have, had it been answered; drop when the
    /// effect is not there, and it is sent again; fail when this cannot be told.
    virtual void lookUp(const StepCall &call, StepReply reply);

    /// The class of calls it makes, where the other side limits them apart ("search"); else empty.
    virtual std::string endpoint() const { return {}; }

    /// How many items one call can carry; 1: items go one by one.
    virtual std::size_t batchLimit() const { return 1; }
    /// Items with the same key are never in one call nor in two calls at a time; empty: no such key.
    virtual std::string batchKey(const StepCall &call) const;
    /// As process() for several items, at most batchLimit(); one reply for each call, in any order.
    virtual void processBatch(const std::vector<StepCall> &calls, std::vector<StepReply> replies);
};

} // namespace tw
