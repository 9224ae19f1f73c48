// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/data/Value.h"

#include <cstdint>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tw {

/// The loop around an item, for expressions: `$index`, `$total`, `$parent`, and `$outer` for the loop
/// around that one. Shared by all items that come of one element; immutable.
class LoopFrame
{
public:
    LoopFrame(std::int64_t index, std::int64_t total, DocumentPtr parent,
              std::shared_ptr<const LoopFrame> outer);

    const Value &words() const { return m_words.root(); } ///< {index, total, parent, outer?}
    const std::shared_ptr<const LoopFrame> &outer() const { return m_outer; }

private:
    DocumentPtr m_parent;
    std::shared_ptr<const LoopFrame> m_outer;
    Document m_words;
};

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
    std::shared_ptr<const LoopFrame> loop{}; ///< Null outside of loops.
    std::optional<Instant> waited{}; ///< Called again after StepReply::later(): the time it gave.
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

/// An item that a collecting step holds.
struct HeldItem
{
    StepCall call;
    std::string from; ///< The step it came from.
    std::string key;  ///< What the step said about it.
};

/// What became of the elements of a loop; an element counts once, by the worst that happened to it.
struct LoopCounts
{
    std::int64_t elements = 0;
    std::int64_t ok = 0;
    std::int64_t failed = 0;  ///< Something of it was put aside as a dead letter.
    std::int64_t dropped = 0; ///< Nothing of it reached an end.
};

/// What a step answers: messages for exits, nothing, or a failure; for steps that rule the flow, what
/// the engine is to do with the item.
struct StepAnswer
{
    struct Output
    {
        std::string exit; ///< Id of a declared exit.
        DocumentPtr message;
        std::vector<std::size_t> of{}; ///< Of release(): the held items it stands for; empty: all.
    };
    enum class Kind {
        Emitted,
        Dropped,
        Failed,
        Parked,
        Alone, ///< Of a batch: ask again with this item alone.
        Later,
        Held,
        Loop,
    };

    Kind kind = Kind::Dropped;
    std::vector<Output> outputs; ///< Emitted.
    std::string note;            ///< One plain sentence for the run list: "repeat dropped", "record created".
    Error error;                 ///< Failed.
    std::optional<Question> question{}; ///< Parked.
    std::optional<Instant> until{}; ///< Later; Held: release what there is at this time at the latest.
    std::string key{};              ///< Held.
    bool atOnce = false;            ///< Held: release now; what comes after it is dropped.
    int parallel = 1;               ///< Loop: elements under way at a time.
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
    /// Asks to be called again at `at`, which is journaled: it stays the same after restarts. No
    /// failed attempt. Steps that are no effects only.
    void later(Instant at, std::string note);
    /// The item stays with a collecting step (descriptor: `collects`) until release() is called:
    /// when nothing that is open in the run can still bring it company, or `until`, or at once.
    void hold(std::string key, std::optional<Instant> until = {}, bool atOnce = false);
    /// Elements leave by the exits they name, `parallel` at a time, in order; when all that came of
    /// them has ended, finish() is called. For steps whose descriptor says `loops`.
    void loop(std::vector<StepAnswer::Output> elements, int parallel);

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

    /// What an effect would send for this call: shown before it is sent, compared between versions of
    /// a flow. The record that it writes is named by batchKey().
    virtual DocumentPtr preview(const StepCall &call) const { return call.input; }

    /// Why the other side would refuse what preview() gives, as far as that is known here; asked in
    /// rehearsals. Empty: nothing is known against it.
    virtual std::vector<Error> objections(const StepCall &) const { return {}; }

    /// How many items one call can carry; 1: items go one by one.
    virtual std::size_t batchLimit() const { return 1; }
    /// Items with the same key are never in one call nor in two calls at a time; empty: no such key.
    virtual std::string batchKey(const StepCall &call) const;
    /// As process() for several items, at most batchLimit(); one reply for each call, in any order.
    virtual void processBatch(const std::vector<StepCall> &calls, std::vector<StepReply> replies);

    /// Whether later events of a key wait while a run waits here (StepReply::later).
    virtual bool keepsOrder() const { return true; }
    /// The items of hold() that belong together, in an order that does not depend on when they came;
    /// answer at once. What is emitted must follow from them alone.
    virtual void release(const std::vector<HeldItem> &held, StepReply reply);
    /// The elements of loop() have come to their end; answer at once.
    virtual void finish(const StepCall &call, const LoopCounts &counts, StepReply reply);
};

} // namespace tw
