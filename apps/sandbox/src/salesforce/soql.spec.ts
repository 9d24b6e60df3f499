import { describe, expect, it } from 'vitest';
import { createCatalog } from './catalog.ts';
import { compileSoql } from './soql-sql.ts';
import { parseSoql } from './soql.ts';

const compile = (soql: string) => compileSoql(parseSoql(soql), { catalog: createCatalog(), includeDeleted: false });

describe('SOQL', () => {
  it('becomes SQL with every literal as a parameter', () => {
    const { text, parameters } = compile(
      "select Id, name from Account where SystemModstamp >= 2026-01-31T10:00:00Z and (Name = 'O\\'Hara; drop table' or Type in ('a', 'b')) order by SystemModstamp, Id limit 7",
    );
    expect(text).toBe(
      'select id, name from account where not is_deleted and (system_modstamp >= $1::timestamptz and (lower(name) = lower($2::text) or lower(type) in (lower($3::text), lower($4::text)))) order by system_modstamp asc nulls first, id collate "C" asc nulls first limit 7',
    );
    expect(parameters).toEqual(['2026-01-31T10:00:00.000Z', "O'Hara; drop table", 'a', 'b']);
  });

  it.each([
    ['SELECT FROM Account', 'MALFORMED_QUERY'],
    ['SELECT Id FROM Account WHERE', 'MALFORMED_QUERY'],
    ["SELECT Id FROM Account WHERE Name = 'a", 'MALFORMED_QUERY'],
    ["SELECT Id FROM Account WHERE Name = 'a' AND Type = 'b' OR Type = 'c'", 'MALFORMED_QUERY'],
    ['SELECT Id FROM Account; DELETE', 'MALFORMED_QUERY'],
    ['SELECT Nope FROM Account', 'INVALID_FIELD'],
    ["SELECT Id FROM Account WHERE SystemModstamp > '2026-01-01T00:00:00Z'", 'INVALID_FIELD'],
    ['SELECT Id FROM Account WHERE IsDeleted = 1', 'INVALID_FIELD'],
    ['SELECT Id FROM Contact', 'INVALID_TYPE'],
    ["SELECT Id FROM Account WHERE Id = 'short'", 'INVALID_QUERY_FILTER_OPERATOR'],
    ["SELECT Id FROM Opportunity WHERE CloseDate > '2026-01-31'", 'INVALID_FIELD'],
    ['SELECT Id FROM Opportunity WHERE CloseDate > 2026-02-30', 'INVALID_FIELD'],
    ["SELECT Id FROM Opportunity WHERE Amount > '1'", 'INVALID_FIELD'],
    ['SELECT Id, SUM(Amount) FROM Opportunity', 'MALFORMED_QUERY'],
    ['SELECT StageName, SUM(Amount) FROM Opportunity GROUP BY AccountId', 'MALFORMED_QUERY'],
    ['SELECT SUM(Name) FROM Opportunity', 'MALFORMED_QUERY'],
    ['SELECT MEDIAN(Amount) FROM Opportunity', 'MALFORMED_QUERY'],
    ['SELECT Id other FROM Opportunity', 'MALFORMED_QUERY'],
    ['SELECT Account.Name FROM Opportunity', 'INVALID_FIELD'],
  ])('%s is refused as %s', (soql, code) => {
    expect(() => compile(soql)).toThrow(expect.objectContaining({ fault: expect.objectContaining({ code }) }));
  });

  it('compares ids byte by byte and takes the 15 character form', () => {
    const { text, parameters } = compile("SELECT Id FROM Account WHERE Id > '0015g0000000001'");
    expect(text).toContain('id collate "C" > $1::text collate "C"');
    expect(parameters).toEqual(['0015g0000000001AAA']);
  });

  it('counts rows for COUNT()', () => {
    expect(compile('SELECT COUNT() FROM Account').text).toBe(
      'select count(*)::int as total from account where not is_deleted limit 50000',
    );
  });

  it('compares dates and amounts as such, with the digits that were written', () => {
    const { text, parameters } = compile(
      'SELECT Id FROM Contract_Line__c WHERE Bill_On__c >= 2026-01-31 AND Net_Amount__c > 0.10',
    );
    expect(text).toContain('(bill_on >= $1::date and net_amount > $2::numeric)');
    expect(parameters).toEqual(['2026-01-31', '0.10']);
  });

  it('groups, and names aggregates by alias or in order', () => {
    const { text, columns, shape } = compile(
      'SELECT Family fam, COUNT(Id), MIN(CreatedDate) first, MAX(Name) FROM Product2 WHERE IsActive = true GROUP BY Family',
    );
    expect(shape).toBe('aggregate');
    expect(columns.map(({ name, kind }) => [name, kind])).toEqual([
      ['fam', 'picklist'],
      ['expr0', 'int'],
      ['first', 'datetime'],
      ['expr1', 'string'],
    ]);
    expect(text).toBe(
      'select family as c0, count(id)::int as c1, min(created_date) as c2, max(name) as c3 from product2 where not is_deleted and is_active = $1::boolean group by family order by family limit 50000',
    );
  });
});
