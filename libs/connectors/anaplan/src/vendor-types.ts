/** A named object of a model: file, process, list, view. Ids stay text. */
export interface NamedObject {
  readonly id: string;
  readonly name: string;
}

export interface VendorImport extends NamedObject {
  /** Id of the file that the import reads, when it reads one. */
  readonly importDataSourceId?: string;
}

export interface ListItem extends NamedObject {
  readonly code?: string;
}

export interface VendorVersion extends NamedObject {
  readonly isActual?: boolean;
  readonly isCurrent?: boolean;
}

/** Answer to a write of cells: what is not in `failures` was written. Indexes count from 0. */
export interface CellWriteAnswer {
  readonly numberOfCellsChanged?: number;
  readonly failures?: readonly {
    readonly requestIndex: number;
    readonly failureType?: string;
    readonly failureMessageDetails?: string;
  }[];
}

/** `values` is a flat list of keys and values, all text. */
export interface TaskDetail {
  readonly localMessageText?: string;
  readonly type?: string;
  readonly values?: readonly (string | null)[];
}

/** Result of an action; of a process, one more per action in `nestedResults`. */
export interface TaskResult {
  readonly objectId?: string;
  readonly objectName?: string;
  readonly successful: boolean;
  readonly failureDumpAvailable: boolean;
  readonly details?: readonly TaskDetail[];
  readonly nestedResults?: readonly TaskResult[];
}

export interface Task {
  readonly taskId: string;
  readonly taskState: 'NOT_STARTED' | 'IN_PROGRESS' | 'COMPLETE' | 'CANCELLING' | 'CANCELLED';
  /** Absent until the task is complete. */
  readonly result?: TaskResult;
}

export interface ViewReadRequest {
  readonly requestId: string;
  readonly requestState: Task['taskState'];
  readonly availablePages?: number;
  readonly successful?: boolean;
}
