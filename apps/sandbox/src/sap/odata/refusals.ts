import { SapError } from './model.ts';

/*
 * What the protocol itself refuses, in the languages of the sandbox. The codes of /IWFND/MED/170 and the texts that clients look at
 * are the vendor's; other codes are assumed.
 */

export function unknownService(name: string): SapError {
  return new SapError(403, '/IWFND/MED/170', {
    en: `No service found for namespace '', name '${name}', version '0001'`,
    de: `Zum Namensraum '' ist kein Service mit Name '${name}' und Version '0001' vorhanden`,
  });
}

export function segmentNotFound(segment: string): SapError {
  return new SapError(404, '/IWBEP/CM_MGW_RT/020', {
    en: `Resource not found for segment '${segment}'`,
    de: `Ressource für Segment '${segment}' nicht gefunden`,
  });
}

export function propertyNotFound(property: string, type: string): SapError {
  return new SapError(400, '/IWFND/CM_MGW_RT/021', {
    en: `Property '${property}' not found in type '${type}'`,
    de: `Eigenschaft '${property}' ist im Typ '${type}' nicht vorhanden`,
  });
}

/** Text of an address or a header that cannot be understood. */
export function malformed(en: string, de: string = en): SapError {
  return new SapError(400, '/IWFND/CM_MGW_RT/025', { en, de });
}

/** A value of a request body that the property cannot take; offset in characters. */
export function invalidValue(property: string, offset: number, value: string): SapError {
  const shown = value.length > 200 ? `${value.slice(0, 200)}...` : value;
  const en = `Property '${property}' at offset '${offset}' has invalid value '${shown}'`;
  const de = `Eigenschaft '${property}' hat an Position '${offset}' den ungültigen Wert '${shown}'`;
  return new SapError(400, '/IWFND/CM_MGW_RT/028', { en, de }, [
    { number: '/IWFND/CM_MGW_RT/028', text: en, target: property },
  ]);
}

export function unknownInBody(property: string): SapError {
  return new SapError(400, '/IWFND/CM_MGW_RT/029', {
    en: `Property '${property}' is invalid`,
    de: `Eigenschaft '${property}' ist ungültig`,
  });
}

export function notWritable(property: string, when: 'create' | 'update'): SapError {
  const [en, de] = when === 'create' ? ['creatable', 'angelegt'] : ['updatable', 'geändert'];
  return new SapError(400, '/IWBEP/CM_MGW_RT/043', {
    en: `Property '${property}' is not ${en}`,
    de: `Eigenschaft '${property}' kann nicht ${de} werden`,
  });
}

export function methodNotAllowed(method: string, target: string): SapError {
  return new SapError(405, '/IWBEP/CM_MGW_RT/021', {
    en: `Method '${method}' not allowed for '${target}'`,
    de: `Methode '${method}' ist für '${target}' nicht erlaubt`,
  });
}

export function etagMissing(): SapError {
  return new SapError(428, '/IWFND/CM_MGW_RT/060', {
    en: 'Precondition required: the If-Match header is missing',
    de: 'Vorbedingung erforderlich: Der Header If-Match fehlt',
  });
}

export function etagMismatch(): SapError {
  return new SapError(412, '/IWFND/CM_MGW_RT/061', {
    en: 'Precondition failed: the data was changed by another user',
    de: 'Vorbedingung nicht erfüllt: Die Daten wurden von einem anderen Benutzer geändert',
  });
}

export function tooMuch(en: string, de: string): SapError {
  return new SapError(413, '/IWFND/CM_MGW_RT/070', { en, de });
}

export function unexpected(message: string): SapError {
  return new SapError(500, '/IWBEP/CM_MGW_RT/022', {
    en: `An internal error occurred: ${message}`,
    de: `Interner Fehler: ${message}`,
  });
}

/** What a handler did not mean to say is a short dump for the vendor. */
export function asSapError(error: unknown): SapError {
  return error instanceof SapError ? error : unexpected(error instanceof Error ? error.message : String(error));
}
