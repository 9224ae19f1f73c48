// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/EventIntake.h"

#include <QObject>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace tw::stripe {

class StripeConnection;

/// Reads the account's list of events (`/v1/events`, 30 days) forward in time and hands them to the
/// intake: at the start what was missed, then every so often. A page's events are stored before the
/// cursor behind them is, with the last of them. Now and then it goes back some minutes, because
/// events may be listed late; the journal takes nothing twice. One reading at a time.
///
/// The list can be wrong about nothing but time: an event that left it is gone, and the gap is
/// told. Engine's thread; what it is given outlives it.
class EventFeed final : public QObject
{
public:
    EventFeed(Services services, TriggerSettings settings, EventIntake &intake, StripeReads &reads,
              std::shared_ptr<StripeConnection> connection);

    void start(TriggerHost &host);

private:
    /// An event, or where one would be.
    struct Place
    {
        std::string id;
        Instant at;
    };
    /// What the journal keeps: the newest event that was handed in, and one some minutes before it.
    struct Cursor
    {
        Place last, back;
        std::string text() const;
        static Cursor from(const std::string &text);
    };
    struct Page
    {
        std::vector<DocumentPtr> events; ///< In order of time.
        std::size_t next = 0;
        std::size_t open = 0;
        bool hasMore = false;
        bool withCursor = true;
        std::optional<Error> error;
        std::function<void()> done;
    };

    void begin(const std::string &cursor);
    void beginAt(Instant time);
    void read();
    void readSoon(std::chrono::milliseconds wait);
    void firstLook();
    void seek();
    void findOldest(const std::string &after);
    void forward(const std::string &from);
    void goBackInTime(const Error &why);
    void takePage(const StripeReads::Answer &answer, bool withCursor, std::function<void()> done);
    void takeNext(const std::shared_ptr<Page> &page);
    void pageTaken(const std::shared_ptr<Page> &page);
    Cursor behind(const Page &page) const;
    void advance(const Page &page);
    void noteGap(Instant from, Instant to);
    static Place placeOf(const Value &event);
    void readFailed(const Error &error);
    void readDone();
    void list(FormFields query, StripeReads::Done done);
    std::chrono::milliseconds pause();

    Services m_services;
    TriggerSettings m_settings;
    EventIntake &m_intake;
    StripeReads &m_reads;
    std::shared_ptr<StripeConnection> m_connection;
    std::shared_ptr<const int> m_reader; ///< One of its readers.
    TriggerHost *m_host = nullptr;
    FormFields m_types; ///< What the list is asked for; empty: everything.
    Cursor m_cursor;
    Instant m_floor;            ///< Nothing before that is wanted.
    std::deque<Place> m_recent; ///< Handed in, not older than what m_cursor.back may become.
    bool m_byTime = false;      ///< No event is known to go on from.
    bool m_isReading = false;
    bool m_wentByTime = false; ///< In this reading.
    bool m_looksFirst = false;
    bool m_readAgain = false; ///< Feed::AtStart: the second and last reading is planned.
    Instant m_readTo;         ///< What this reading is to bring.
    bool m_leftSome = false;  ///< There were younger ones.
    Instant m_wentBack;
    int m_tries = 0;
};

/// The parameters by which the list itself leaves out what a trigger does not want: `type` for one
/// name or wildcard, up to 20 `types[]`; empty where only the receiver can tell.
FormFields listedTypes(const std::vector<std::string> &patterns);

} // namespace tw::stripe
