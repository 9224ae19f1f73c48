// SPDX-License-Identifier: GPL-3.0-or-later
#include "TestProject.h"

#include "core/base/Text.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace tw::test {

TestProject::TestProject()
{
    write("tidewire.yaml", "schema: project/1\nname: Test\nconnections:\n"
                           "  stripe: {type: stripe}\n  crm: {type: salesforce}\n");
    write("environments/local.yaml", "schema: environment/1\nname: local\nkind: local\n"
                                     "connections:\n  stripe: {double: true}\n"
                                     "  crm: {double: true}\n");
    write("flows/payments.flow.yaml", flowText());
}

std::string TestProject::flowText()
{
    return R"(schema: flow/1
id: payments
name: Payments
version: 1.0.0
connections: {stripe: stripe, crm: salesforce}
steps:
  - id: charges
    type: stripe.webhook
    connection: stripe
    with:
      events: [charge.succeeded]
    to: real_money
  - id: real_money
    type: filter
    with: {condition: data.object.amount > 0}
    to: {pass: to_payment}
  - id: to_payment
    type: map
    with:
      mapping:
        Stripe_Payment_Id__c: data.object.id
        Amount__c: $toMajor(data.object.amount, data.object.currency)
        Currency__c: $uppercase(data.object.currency)
        Status__c: '"Completed"'
        Paid_At__c: $sfDateTime(data.object.created)
        Card_Last4__c: data.object.payment_method_details.card.last4
    to: upsert
  - id: upsert
    type: salesforce.record.upsert
    connection: crm
    with:
      object: Stripe_Payment__c
      external_id: Stripe_Payment_Id__c
    on_error: failed
  - id: failed
    type: dead_letter
)";
}

std::string TestProject::folder() const
{
    return toUtf8(m_folder.path());
}

std::string TestProject::path(const std::string &name) const
{
    return toUtf8(m_folder.filePath(toQString(name)));
}

void TestProject::write(const std::string &name, const std::string &text)
{
    const QString file = toQString(path(name));
    QDir().mkpath(QFileInfo(file).path());
    QFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(text.data(), qint64(text.size())) < 0)
        qFatal("cannot write %s", name.c_str());
}

std::unique_ptr<Project> TestProject::open() const
{
    auto project = Project::open(folder());
    if (!project)
        qFatal("%s", project.error().text().c_str());
    return std::move(*project);
}

} // namespace tw::test
