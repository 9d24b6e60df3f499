import { findNavigation, findProperty, needProperty, targetOf, typeName } from './edm.ts';
import type { EntitySet, Navigation, ODataService, Property } from './model.ts';
import { propertyNotFound, tooMuch } from './refusals.ts';

/** What of an entity is answered: properties, links and what is expanded in their place. */
export interface Projection {
  readonly properties: readonly Property[];
  readonly navigations: readonly {
    readonly navigation: Navigation;
    readonly target: EntitySet;
    /** Null: a link only. */
    readonly expanded: Projection | null;
  }[];
}

/** Names of a comma-separated list of paths as a tree; `*` stands for all properties. */
interface Tree {
  readonly children: Map<string, Tree>;
}

const noTree: Tree = { children: new Map() };
const maximumPaths = 200;
const maximumDepth = 6;

/** Combines `$select` and `$expand`. @throws SapError 400 for a name that the type does not have */
export function projectionOf(
  service: ODataService,
  set: EntitySet,
  select: string | null,
  expand: string | null,
): Projection {
  const expanded = pathTree(expand ?? '');
  checkExpand(service, set, expanded);
  return project(service, set, select === null ? null : pathTree(select), expanded);
}

function pathTree(list: string): Tree {
  const root: Tree = { children: new Map() };
  const paths = list
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '');
  if (paths.length > maximumPaths)
    throw tooMuch('Too many paths in $select or $expand', 'Zu viele Pfade in $select oder $expand');
  for (const path of paths) {
    const names = path.split('/');
    if (names.length > maximumDepth) throw tooMuch('$expand is too deep', '$expand ist zu tief');
    let node = root;
    for (const name of names) {
      const child = node.children.get(name) ?? { children: new Map() };
      node.children.set(name, child);
      node = child;
    }
  }
  return root;
}

function checkExpand(service: ODataService, set: EntitySet, { children }: Tree): void {
  for (const [name, tree] of children) {
    const navigation = findNavigation(set, name);
    if (!navigation) throw propertyNotFound(name, typeName(set));
    checkExpand(service, targetOf(service, navigation), tree);
  }
}

function project(service: ODataService, set: EntitySet, select: Tree | null, expand: Tree): Projection {
  // A navigation that is named without more is selected with everything below it.
  const names = select === null || select.children.size === 0 ? null : select.children;
  const navigations = set.navigations
    .filter(({ name }) => names === null || names.has(name))
    .map((navigation) => {
      const target = targetOf(service, navigation);
      const below = expand.children.get(navigation.name);
      const chosen = names?.get(navigation.name) ?? null;
      // What is selected below a link is not answered, but has to be there.
      const projection = below || chosen ? project(service, target, chosen, below ?? noTree) : null;
      return { navigation, target, expanded: below ? projection : null };
    });
  return { properties: names === null ? set.properties : selectedProperties(set, names), navigations };
}

function selectedProperties(set: EntitySet, names: ReadonlyMap<string, Tree>): readonly Property[] {
  for (const [name, tree] of names) {
    if (name === '*' || (findNavigation(set, name) && !findProperty(set, name))) continue;
    needProperty(set, name);
    if (tree.children.size > 0) throw propertyNotFound([...tree.children.keys()][0]!, typeName(set));
  }
  return names.has('*') ? set.properties : set.properties.filter(({ name }) => names.has(name));
}
