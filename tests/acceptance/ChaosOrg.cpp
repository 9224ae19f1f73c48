// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/acceptance/ChaosOrg.h"

#include "core/base/Clock.h"
#include "core/data/Json.h"
#include "core/net/HttpReply.h"
#include "core/net/HttpServer.h"

#include <QElapsedTimer>
#include <QObject>
#include <algorithm>

namespace tw::test {

namespace {

constexpr qint64 kAskedWaitMs = 1000;

struct Write
{
    std::string key;
    int number = 0;
};

/// What a call wants to write; none when it makes no sense.
std::vector<Write> writesOf(const HttpRequest &request)
{
    const auto body = parseJson(request.body);
    if (!body || request.method != "PATCH")
        return {};
    const auto write = [](std::string key, const Value &fields) {
        return Write{std::move(key), int(fields.get("Number__c").toInt().value_or(-1))};
    };
    if (request.path.find("/composite/sobjects/") == std::string::npos)
        return {write(request.path.substr(request.path.rfind('/') + 1), body->root())};
    std::vector<Write> writes;
    for (const Value &record : body->root().get("records").items())
        writes.push_back(write(std::string(record.get("Key__c").text()), record));
    return writes;
}

HttpResponse unhappy(int status, const char *code)
{
    return jsonResponse(status, std::string(R"([{"errorCode":")") + code + R"(","message":"Not now."}])");
}

} // namespace

class ChaosOrg::Desk final : public QObject
{
public:
    Desk(ChaosOrg &org, std::uint64_t seed, int faultyPercent)
        : m_org(org), m_random(seed), m_faulty(faultyPercent)
    {
        m_time.start();
    }

    void open()
    {
        m_server = std::make_unique<HttpServer>();
        m_server->setHandler([this](HttpRequest request, HttpReply reply) {
            handle(std::move(request), std::move(reply));
        });
        if (!m_server->listen("127.0.0.1", 0))
            qFatal("no port for the org");
        m_org.m_url = m_server->url();
    }

private:
    enum class Kind { Refuse, FailAfter, CutAfter, Late, Busy, TooMany, Rubbish, CutBefore, Count };

    void handle(HttpRequest request, HttpReply reply)
    {
        const qint64 arrived = m_time.elapsed();
        const bool composite = request.path.find("/composite/sobjects/") != std::string::npos;
        std::vector<Write> writes = writesOf(request);
        noteCall(writes, arrived);
        if (writes.empty())
            return reply.send(unhappy(400, "JSON_PARSER_ERROR"));
        if (int(m_random.below(100)) >= m_faulty)
            return reply.send(apply(writes, composite, arrived));
        {
            const std::lock_guard lock(m_org.m_mutex);
            ++m_org.m_report.faults;
        }
        misbehave(std::move(writes), composite, arrived, std::move(reply));
    }

    void misbehave(std::vector<Write> writes, bool composite, qint64 arrived, HttpReply reply)
    {
        HttpResponse answer;
        switch (Kind(m_random.below(std::uint64_t(Kind::Count)))) {
        case Kind::Refuse:
            return reply.send(unhappy(500, "UNKNOWN_EXCEPTION"));
        case Kind::FailAfter:
            apply(writes, composite, arrived);
            return reply.send(unhappy(500, "UNKNOWN_EXCEPTION"));
        case Kind::CutAfter:
            answer = apply(writes, composite, arrived);
            answer.cutAfter = 10;
            return reply.send(std::move(answer));
        case Kind::CutBefore:
            answer = unhappy(500, "UNKNOWN_EXCEPTION");
            answer.cutAfter = 5;
            return reply.send(std::move(answer));
        case Kind::Rubbish:
            apply(writes, composite, arrived);
            return reply.send(jsonResponse(200, "<html>not what you asked for"));
        case Kind::Busy:
        case Kind::TooMany:
            answer = m_random.below(2) == 0 ? unhappy(503, "SERVER_UNAVAILABLE")
                                            : unhappy(429, "REQUEST_LIMIT_EXCEEDED");
            answer.headers.set("Retry-After", std::to_string(kAskedWaitMs / 1000));
            for (const Write &write : writes)
                m_notBefore[write.key] = m_time.elapsed() + kAskedWaitMs;
            return reply.send(std::move(answer));
        default:
            return answerLate(std::move(writes), composite, arrived, std::move(reply));
        }
    }

    void answerLate(std::vector<Write> writes, bool composite, qint64 arrived, HttpReply reply)
    {
        {
            const std::lock_guard lock(m_org.m_mutex);
            ++m_org.m_report.late;
        }
        const std::chrono::milliseconds wait(200 + int(m_random.below(1300)));
        const auto held = std::make_shared<HttpReply>(std::move(reply));
        m_clock.callAfter(wait, this, [this, held, arrived, composite, writes = std::move(writes)] {
            HttpResponse answer = apply(writes, composite, arrived);
            {
                const std::lock_guard lock(m_org.m_mutex);
                --m_org.m_report.late;
            }
            held->send(std::move(answer));
        });
    }

    void noteCall(const std::vector<Write> &writes, qint64 arrived)
    {
        const std::lock_guard lock(m_org.m_mutex);
        ++m_org.m_report.calls;
        for (const Write &write : writes) {
            const auto wait = m_notBefore.find(write.key);
            // The clocks of two programs and a millisecond lost in rounding.
            m_org.m_report.early += wait != m_notBefore.end() && arrived + 20 < wait->second;
        }
    }

    HttpResponse apply(const std::vector<Write> &writes, bool composite, qint64 arrived)
    {
        const std::lock_guard lock(m_org.m_mutex);
        m_org.m_report.slowestMs
            = std::max<std::int64_t>(m_org.m_report.slowestMs, m_time.elapsed() - arrived);
        std::string results;
        for (const Write &write : writes) {
            auto &order = m_org.m_report.written[write.key];
            m_org.m_report.records += order.empty();
            order.push_back(write.number);
            results += results.empty() ? "" : ",";
            results += R"({"id":"a00000000000001AAA","success":true,"created":false,"errors":[]})";
        }
        return jsonResponse(200, composite ? '[' + results + ']' : results);
    }

    ChaosOrg &m_org;
    Random m_random;
    int m_faulty;
    SystemClock m_clock;
    QElapsedTimer m_time;
    std::map<std::string, qint64> m_notBefore;
    std::unique_ptr<HttpServer> m_server;
};

ChaosOrg::ChaosOrg(std::uint64_t seed, int faultyPercent)
    : m_desk(new Desk(*this, seed, faultyPercent))
{
    m_desk->moveToThread(&m_thread);
    QObject::connect(&m_thread, &QThread::finished, m_desk, &QObject::deleteLater);
    m_thread.setObjectName(QStringLiteral("org"));
    m_thread.start();
    QMetaObject::invokeMethod(m_desk, [this] { m_desk->open(); }, Qt::BlockingQueuedConnection);
}

ChaosOrg::~ChaosOrg()
{
    m_thread.quit();
    m_thread.wait();
}

ChaosOrg::Report ChaosOrg::report() const
{
    const std::lock_guard lock(m_mutex);
    return m_report;
}

} // namespace tw::test
