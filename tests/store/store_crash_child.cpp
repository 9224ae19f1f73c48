// SPDX-License-Identifier: GPL-3.0-or-later
// Accepts events without end and writes the id of each to standard output once it is durable, as a
// receiver answers its sender. Every third event is a repeat of the one before. Usage: <file> <first id>
#include "core/store/SqliteJournal.h"
#include "core/store/StoreThread.h"

#include <QCoreApplication>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace {

class Acceptor
{
public:
    Acceptor(tw::StoreThread &store, long first) : m_store(store), m_next(first) {}

    void accept()
    {
        const long id = m_next++;
        send(id);
        if (id % 3 == 0)
            send(id);
    }

private:
    void send(long id)
    {
        tw::NewRun event;
        event.flow = "f";
        event.trigger = "t";
        event.eventId = "evt_" + std::to_string(id);
        event.body = "{\"id\":" + std::to_string(id) + ",\"pad\":\"" + std::string(1500, 'p')
            + "\"}";
        m_store.submit<tw::AcceptedRun>(
            nullptr, [event](tw::Journal &journal) { return journal.accept(event); },
            [this, id](const tw::Result<tw::AcceptedRun> &result) {
                if (!result)
                    return;
                if (result->first) {
                    char line[32];
                    const int size = std::snprintf(line, sizeof line, "%ld\n", id);
                    if (::write(STDOUT_FILENO, line, static_cast<std::size_t>(size)) != size)
                        std::_Exit(3);
                    accept();
                }
            });
    }

    tw::StoreThread &m_store;
    long m_next;
};

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    if (argc < 3)
        return 2;
    auto journal = tw::SqliteJournal::open({argv[1]});
    if (!journal) {
        std::fprintf(stderr, "%s\n", journal.error().text().c_str());
        return 3;
    }
    tw::StoreThread store(std::move(*journal));
    Acceptor acceptor(store, std::atol(argv[2]));
    for (int outstanding = 0; outstanding < 16; ++outstanding)
        acceptor.accept();
    return QCoreApplication::exec();
}
