// SPDX-License-Identifier: GPL-3.0-or-later
// jsforce against the Salesforce double: node salesforce.mjs URL CLIENT_ID CLIENT_SECRET
import assert from 'node:assert/strict';
import jsforce from 'jsforce';

const [url, clientId, clientSecret] = process.argv.slice(2);
const connection = new jsforce.Connection({
  instanceUrl: url, version: '61.0', oauth2: { loginUrl: url, clientId, clientSecret },
});
await connection.authorize({ grant_type: 'client_credentials' });
assert.ok(connection.accessToken);

const payments = connection.sobject('Stripe_Payment__c');
const describe = await payments.describe();
assert.ok(describe.fields.some((field) => field.name === 'Amount__c' && field.type === 'currency'));
assert.ok((await connection.describeGlobal()).sobjects.length >= 4);

const first = await payments.upsert(
  { Stripe_Payment_Id__c: 'ch_peer_1', Amount__c: 10.99, Currency__c: 'USD' }, 'Stripe_Payment_Id__c');
assert.equal(first.success, true);
assert.equal(first.created, true);
const second = await payments.upsert(
  { Stripe_Payment_Id__c: 'ch_peer_1', Status__c: 'Completed' }, 'Stripe_Payment_Id__c');
assert.equal(second.created, false);
assert.equal(second.id, first.id);

const record = await payments.retrieve(first.id);
assert.equal(record.Amount__c, 10.99);
assert.equal(record.Status__c, 'Completed');

const result = await connection.query(
  "SELECT Id, Amount__c FROM Stripe_Payment__c WHERE Stripe_Payment_Id__c = 'ch_peer_1'");
assert.equal(result.totalSize, 1);
assert.equal(result.done, true);
assert.equal(result.records[0].Id, first.id);
const accounts = await connection.sobject('Account').find({}, 'Id, Name').limit(3).execute();
assert.equal(accounts.length, 3);

const contact = await connection.sobject('Contact').create({ LastName: 'Berg', Email: 'b@c.example' });
assert.equal(contact.success, true);
await connection.sobject('Contact').update({ Id: contact.id, FirstName: 'Ana' });
assert.equal((await connection.sobject('Contact').retrieve(contact.id)).FirstName, 'Ana');
assert.equal((await connection.sobject('Contact').destroy(contact.id)).success, true);

for (const [fields, code] of [
  [{ Currency__c: 'SEK' }, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'],
  [{ Card_Last4__c: '42424242' }, 'STRING_TOO_LONG'],
  [{ Colour__c: 'red' }, 'INVALID_FIELD'],
]) {
  await assert.rejects(
    payments.upsert({ Stripe_Payment_Id__c: 'ch_bad', ...fields }, 'Stripe_Payment_Id__c'),
    (error) => error.errorCode === code);
}
console.log('salesforce: all good');
process.exit(0);
