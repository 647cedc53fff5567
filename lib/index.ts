// Owns the public interface, and nothing else: what a program that uses Lacuna may rely on.
export type { JobControls, Progress } from './clip/job.js';
export { LacunaError, type LacunaErrorKind } from './clip/lacuna-error.js';
export type { ClassCount } from './dataset/count-classes.js';
export type { FailureRecord } from './dataset/dataset-files.js';
export type { ClassInspection, DatasetInspection } from './dataset/inspect-dataset.js';
export type { UnmatchedLine } from './dataset/match-lines.js';
export type { PrepareOptions } from './dataset/prepare-options.js';
export { mergeDatasets, type MergeOptions, type MergeResult } from './dataset/merge.js';
export { type PreparationPlan, planPreparation } from './dataset/plan-preparation.js';
export { prepare, type PrepareResult } from './dataset/prepare.js';
export type { UnreadablePlace } from './dataset/scan.js';
export type { EngineName } from './engine/engine-names.js';
export { findEngines, type FoundEngine } from './engine/find-engines.js';
export type { ClassificationFigures } from './measures/classification-figures.js';
export type { RetrievalFigures, SpreadFigures } from './measures/steadiness.js';
export type { Moment } from './measures/surprise-moments.js';
export type { Figures, FrameFigures, StepFigures } from './measures/figures.js';
export { type PresetName, presetNames } from './model/presets.js';
export type { PretrainingName } from './objectives/objective-names.js';
export { evaluate, type EvaluateOptions, type Evaluation } from './prediction/evaluate.js';
export type { Prediction, PredictOptions } from './prediction/predict.js';
export type { PredictedFrame, PredictVideoOptions, VideoPrediction } from './prediction/predict-video.js';
export { surprise, type FrameSurprise, type SurpriseOptions, type SurpriseResult } from './prediction/surprise.js';
export { type ContactSheet, type ContactSheetOptions, writeContactSheet } from './report/contact-sheet.js';
export { inspect } from './report/inspect.js';
export { type DrawnPlan, type PlanPicture, type PlanPictureOptions, writePlanPicture } from './report/plan-picture.js';
export { checkPredictionFile, writePrediction } from './report/write-prediction.js';
export { writeVideoPrediction } from './report/write-video-prediction.js';
export { writeFewLabels } from './report/write-few-labels.js';
export { type SearchSheetOptions, writeSearchSheet } from './report/search-sheet.js';
export { checkSheetFile } from './report/sheet.js';
export { checkSurpriseFile, writeSurprise } from './report/write-surprise.js';
export { type ReportOptions, type ReportResult, writeReport } from './report/write-report.js';
export {
  classify,
  type ClassifiedVideo,
  type ClassifyOptions,
  type ClassifyResult,
} from './representation/classify.js';
export { dedupe, type DedupeOptions, type DedupeResult, type DuplicateGroup } from './representation/dedupe.js';
export { embed, type EmbedOptions, type EmbedResult } from './representation/embed.js';
export type { Embedding, EmbedStreamOptions } from './representation/embed-videos.js';
export {
  evaluateRepresentation,
  type RepresentationEvaluation,
  type RepresentationOptions,
  type SteadinessFigures,
} from './representation/evaluate-representation.js';
export {
  type FewLabelsCurve,
  type FewLabelsOptions,
  type FewLabelsPoint,
  type FewLabelsResult,
  type FewLabelsSaving,
  type LabelCount,
  measureFewLabels,
  type SideName,
} from './representation/few-labels.js';
export { finetune, type FinetuneResult, type TrialResult } from './representation/finetune.js';
export type { FinetuneOptions } from './representation/finetune-options.js';
export {
  probe,
  type ProbedName,
  type ProbeFigures,
  type ProbeOptions,
  type ProbeResult,
} from './representation/probe.js';
export type { ProbeName } from './representation/probe-kinds.js';
export { type FoundClip, search, type SearchOptions, type SearchResult } from './representation/search.js';
export {
  mergeEmbeddings,
  type MergeEmbeddingsOptions,
  type MergeEmbeddingsResult,
} from './representation/merge-embeddings.js';
export { openModel, type TrainedModel } from './representation/trained-model.js';
export type { RunInspection } from './run/inspect-run.js';
export type { LoadOptions } from './run/load-model.js';
export { pretrain, type PretrainResult } from './training/pretrain.js';
export type { PretrainOptions, StreamOptions } from './training/pretrain-options.js';
export { type Ffmpeg, findFfmpeg } from './video/find-ffmpeg.js';
export { type WorldOptions, writeWorld } from './worlds/write-world.js';
