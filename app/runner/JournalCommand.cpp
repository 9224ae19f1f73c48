// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "app/runner/Files.h"
#include "app/runner/Output.h"
#include "app/runner/Prompt.h"
#include "core/runtime/JournalCare.h"
#include "core/vault/Keychain.h"

#include <memory>

namespace tw::runner {

namespace {

KeyPlaces keyPlaces(Keychain &keychain)
{
    KeyPlaces places;
    places.passphrase = askPassphrase;
    places.keychain = &keychain;
    return places;
}

int tell(const Result<std::string> &done)
{
    Output out(false);
    if (done) {
        out.line(*done);
        return kDone;
    }
    out.message(done.error().text());
    if (done.error().code == "runtime.journal_sound")
        return kWrongUse;
    return done.error().code == "store.damaged" ? kNotRight : kCouldNot;
}

int check(const std::string &folder)
{
    SystemKeychain keychain;
    const auto checked = journalCare::check(folder, keyPlaces(keychain));
    if (!checked)
        return tell(checked.error());
    Output out(false);
    if (checked->isAll)
        out.line(checked->text);
    else
        out.message(checked->text);
    return checked->isAll ? kDone : kNotRight;
}

/// The name of the copy, and beside it what opens it.
int backUp(const std::string &folder)
{
    const int code = tell(journalCare::backUp(folder, SystemClock()));
    if (code != kDone)
        return code;
    SystemKeychain keychain;
    Output out(false);
    const auto key = journalCare::keyOfCopies(folder, keyPlaces(keychain));
    if (!key) // An older form, say: the copy is there all the same.
        return kDone;
    if (!key->text.empty())
        out.message(key->text);
    return key->isThere ? kDone : kNotRight;
}

CLI::App *subcommand(CLI::App *journal, const char *name, const char *help, const char *example,
                     const std::shared_ptr<std::string> &folder)
{
    CLI::App *command = journal->add_subcommand(name, help);
    command->add_option("DIR,--data-dir", *folder,
                        "The --data-dir of `tidewire run`; written with or without the word")
        ->envname("TIDEWIRE_DATA_DIR");
    command->footer(std::string("Example:\n  ") + example);
    // As one option that is required the help would call both ways to write it required.
    command->parse_complete_callback([folder] {
        if (folder->empty())
            throw CLI::RequiredError("DIR, or --data-dir DIR");
    });
    return command;
}

} // namespace

void addJournalCommand(CLI::App &app, Invocation &invocation)
{
    const auto folder = std::make_shared<std::string>();
    const auto how = std::make_shared<journalCare::SetAside>();
    CLI::App *journal = app.add_subcommand("journal", "Look after the journal of a runner");
    journal->require_subcommand(1);
    subcommand(journal, "check", "Tell whether it is sound",
               "tidewire journal check /var/lib/tidewire", folder)
        ->callback([folder, &invocation] {
        invocation.command = [folder] { return check(folderName(*folder)); };
    });
    subcommand(journal, "backup", "Copy it, also while it is in use, and read the copy back",
               "tidewire journal backup /var/lib/tidewire", folder)
        ->callback([folder, &invocation] {
            invocation.command = [folder] { return backUp(folderName(*folder)); };
        });
    CLI::App *aside = subcommand(journal, "set-aside",
                                 "Put a damaged one out of the way; nothing is deleted",
                                 "tidewire journal set-aside /var/lib/tidewire --restore", folder);
    aside->add_flag("--restore", how->restore,
                    "Go on with the newest backup; what people decided after it is told");
    how->by = userName();
    aside->add_option("--by", how->by, "Who does it; for the audit log of what is restored")
        ->capture_default_str();
    aside->add_flag("--force", how->force, "Also a sound one: nothing of it goes on");
    aside->callback([folder, how, &invocation] {
        invocation.command = [folder, how] {
            return tell(journalCare::setAside(folderName(*folder), *how, SystemClock()));
        };
    });
    journal->footer("Example:\n  tidewire journal check /var/lib/tidewire");
}

} // namespace tw::runner
