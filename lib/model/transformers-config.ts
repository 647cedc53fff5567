// Owns what Hugging Face's `transformers` reads beside the weights: the fields of its VideoMAE for `vit`, our own model type for
// `conv`. Knows nothing of files.
import type { ModelConfig } from './model-config.js';
import { channelStatistics } from './colours.js';

/** The fields of `config.json`. */
export function transformersConfig(config: ModelConfig): Readonly<Record<string, unknown>> {
  const { size, frames, channels, tubeletFrames, patch } = config;
  const clip = {
    image_size: size,
    patch_size: patch,
    num_channels: channels,
    num_frames: frames,
    tubelet_size: tubeletFrames,
  };
  if (config.family === 'conv') return { model_type: 'lacuna-conv', ...clip };
  const { width, depth, heads, decoderWidth, decoderDepth, decoderHeads } = config;
  // Its VideoMAE has no attention divided over time and space, no decoder by cross-attention and no residual; a classifier has no
  // decoder at all.
  const isItsOwn = config.classifier === undefined && config.decoder === 'self' && config.target !== 'residual';
  return {
    architectures: [isItsOwn ? 'VideoMAEForPreTraining' : 'VideoMAEModel'],
    model_type: config.attention === 'joint' ? 'videomae' : 'lacuna-vit',
    ...clip,
    hidden_size: width,
    num_hidden_layers: depth,
    num_attention_heads: heads,
    intermediate_size: 4 * width,
    hidden_act: 'gelu',
    hidden_dropout_prob: 0,
    attention_probs_dropout_prob: 0,
    initializer_range: 0.02,
    layer_norm_eps: 1e-12,
    qkv_bias: true,
    use_mean_pooling: false,
    decoder_hidden_size: decoderWidth,
    decoder_num_hidden_layers: decoderDepth,
    decoder_num_attention_heads: decoderHeads,
    decoder_intermediate_size: 4 * decoderWidth,
    norm_pix_loss: config.target === 'normalised',
  };
}

/** The fields of `preprocessor_config.json`. */
export function preprocessorConfig({ family, size, channels }: ModelConfig): Readonly<Record<string, unknown>> {
  const isVit = family === 'vit';
  const { mean, deviation } = channelStatistics(channels);
  return {
    image_processor_type: 'VideoMAEImageProcessor',
    do_resize: true,
    size: { shortest_edge: size },
    resample: 2,
    do_center_crop: true,
    crop_size: { height: size, width: size },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: isVit,
    image_mean: isVit ? mean : mean.map(() => 0),
    image_std: isVit ? deviation : deviation.map(() => 1),
  };
}
